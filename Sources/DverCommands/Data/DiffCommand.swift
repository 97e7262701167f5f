import ArgumentParser
import DverCore
import DverWorkspace

/// `dver diff`: what changed between two versions of the data.
struct DiffCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed between two versions of the data",
    discussion: """
      Compares revisions in git's syntax, or a revision (HEAD by default) with the workspace. Needs \
      git, but not the cache. With --rows, or --key COLUMN, also says what changed in the rows of \
      tables: files that end in .csv, .tsv, .jsonl or .ndjson, or in these and .gz.

      Examples:
        dver diff
        dver diff v1.0 v2.0 --targets data/images
        dver diff --exit-code HEAD~1 HEAD || echo changed
        dver diff --key id --targets data/prices.csv
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .customLong("md"), help: "Print a Markdown table")
  var markdown = false

  @Option(
    parsing: .upToNextOption, help: "Tracked paths, members of them, pointers or stages",
    completion: .target)
  var targets: [String] = []

  @Flag(help: "Exit with 1 if anything differs")
  var exitCode = false

  @Flag(help: "Leave out what the cache lacks")
  var hideMissing = false

  @Flag(help: "Print digests")
  var showHash = false

  @OptionGroup var rows: RowArguments

  @Argument(help: "The revision to compare from (default: HEAD)", completion: .revision)
  var old: String?

  @Argument(help: "The revision to compare with (default: the workspace)", completion: .revision)
  var new: String?

  var printsJSON: Bool { json.json }

  var bareAccess: BareAccess { .allowed(revision: new ?? old) }

  func run(in workspace: Workspace, console: Console) throws {
    var options = DiffOptions()
    options.old = old
    options.new = new
    options.targets = targets.map(\.pathBytes)
    options.hidesMissing = hideMissing
    options.rows = rows.options(printsJSON: console.printsJSON)
    let diff = try workspace.diff(options)
    if console.printsJSON {
      console.print(json: diff.json(showsHashes: showHash, hidesMissing: hideMissing))
    } else {
      let report = DiffReport(diff, showsHashes: showHash) { workspace.shown($0) }
      if markdown { report.printTable(on: console) } else { report.print(on: console) }
    }
    if exitCode, !diff.changes.isEmpty { throw ExitRequest(status: .changed) }
  }
}

/// The text of a comparison.
struct DiffReport {
  private let diff: DataDiff
  private let showsHashes: Bool
  private let shown: ([UInt8]) -> String

  /// - Parameter shown: How the user is told a path of the workspace.
  init(_ diff: DataDiff, showsHashes: Bool, shown: @escaping ([UInt8]) -> String) {
    self.diff = diff
    self.showsHashes = showsHashes
    self.shown = shown
  }

  private var sections: [(title: String, color: Console.Color, items: [DataChanges.Item])] {
    let colors: [DataChanges.Kind: Console.Color] = [
      .added: .green, .deleted: .red, .renamed: .green, .modified: .yellow,
    ]
    return DataChanges.Kind.allCases.map {
      ($0.rawValue, colors[$0] ?? .yellow, diff.changes.items($0))
    } + [("not in cache", .yellow, diff.notInCache)]
  }

  func print(on console: Console) {
    for (title, color, items) in sections where !items.isEmpty {
      let heading = title.prefix(1).uppercased() + title.dropFirst()
      console.print(styled: console.colored(heading, color) + ":")
      for item in items {
        let hash = showsHashes ? "\(hash(item))  " : ""
        console.print("    \(hash)\(path(item))")
      }
      console.print("")
    }
    for report in diff.rows {
      RowReportText(report, path: shown(report.path)).print(on: console)
      console.print("")
    }
    printSummary(on: console)
  }

  private func printSummary(on console: Console) {
    let totals = DataChanges.Kind.allCases.map { ($0, diff.changes.total($0)) }
      .filter { $0.1.count > 0 }
    var counts = totals.map { "\($0.1.count) \($0.0.rawValue)" }
    let missing = diff.notInCache.count { !$0.isDirectory }
    if missing > 0 { counts.append("\(missing) not in cache") }
    if !counts.isEmpty { console.print("files summary: \(counts.joined(separator: ", "))") }
    let bytes = totals.map { kind, total -> String in
      switch kind {
      case .added, .renamed: "\(ByteCount(total.newBytes)) \(kind.rawValue)"
      case .deleted: "\(ByteCount(total.oldBytes)) deleted"
      case .modified:
        "\(ByteCount(total.newBytes)) modified (\(ByteCount(total.oldBytes)) before)"
      }
    }
    if !bytes.isEmpty { console.print("bytes summary: \(bytes.joined(separator: ", "))") }
  }

  // MARK: Markdown

  func printTable(on console: Console) {
    var rows = [["Status"] + (showsHashes ? ["Hash"] : []) + ["Path"]]
    for (title, _, items) in sections {
      rows += items.map { item in
        [title] + (showsHashes ? [hash(item)] : [])
          + [path(item).replacing("|", with: "\\|")]
      }
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "| \(padded.joined(separator: " | ")) |"
    }
    console.print(line(rows[0]))
    console.print(
      "|\(widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|"))|")
    for row in rows.dropFirst() { console.print(line(row)) }
    console.print("")
    for report in diff.rows {
      RowReportText(report, path: shown(report.path)).printMarkdown(on: console)
    }
  }

  // MARK: Items

  private func path(_ item: DataChanges.Item) -> String {
    item.oldPath.map { "\(shown($0)) -> \(shown(item.path))" } ?? shown(item.path)
  }

  /// The beginning of the digest, or of both where they differ.
  private func hash(_ item: DataChanges.Item) -> String {
    func short(_ hash: String?) -> String { hash.map { String($0.prefix(8)) } ?? "-" }
    guard item.oldPath == nil, let old = item.oldHash, let new = item.newHash, old != new else {
      return short(item.newHash ?? item.oldHash)
    }
    return "\(short(old))..\(short(new))"
  }
}
