import ArgumentParser
import DverCore
import DverWorkspace

/// `dver checkout`: makes the workspace hold what is recorded.
struct CheckoutCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkout",
    abstract: "Make the workspace hold what pointers and locks record",
    discussion: """
      Never overwrites or removes content that is in no cache, unless forced: it restores the rest, \
      then fails.

      Examples:
        git checkout v1.0 && dver checkout
        dver checkout data/images/cats
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .shortAndLong, help: "Overwrite and remove content that is in no cache")
  var force = false

  @Flag(help: "Link files anew, as cache.type says")
  var relink = false

  @Flag(help: "Do not fail where the cache lacks content")
  var allowMissing = false

  @Flag(help: "Print counts only")
  var summary = false

  @OptionGroup var selection: TargetSelection

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = CheckoutOptions()
    options.force = force
    options.recursive = selection.recursive
    options.withDependencies = selection.withDependencies
    options.relink = relink
    options.allowMissing = allowMissing
    do {
      let result = try workspace.checkout(selection.targetBytes, options: options)
      CheckoutReport(result, onlyCounts: summary, shown: workspace.displayed).print(on: console)
    } catch let error as IncompleteCheckout {
      if !console.printsJSON {
        CheckoutReport(error.summary, onlyCounts: summary, shown: workspace.displayed)
          .print(on: console)
      }
      throw error
    }
  }
}

/// What `checkout` and `pull` print of the paths that changed.
struct CheckoutReport {
  private let summary: CheckoutSummary
  private let onlyCounts: Bool
  private let shown: (RepositoryPath) -> String

  /// - Parameter shown: How the user is told a path of the workspace.
  init(
    _ summary: CheckoutSummary, onlyCounts: Bool, shown: @escaping (RepositoryPath) -> String
  ) {
    self.summary = summary
    self.onlyCounts = onlyCounts
    self.shown = shown
  }

  func print(on console: Console) {
    if console.printsJSON { return console.print(json: json) }
    if console.isQuiet { return }
    if !onlyCounts, summary.changeCount <= Self.listLimit {
      for (letter, color, paths) in [
        ("A", Console.Color.green, summary.added), ("M", .yellow, summary.modified),
        ("D", .red, summary.deleted),
      ] {
        for path in paths {
          console.print(styled: "\(console.colored(letter, color))\t\(shown(path))")
        }
      }
    }
    let counts = [
      (summary.added.count, "added"), (summary.modified.count, "modified"),
      (summary.deleted.count, "deleted"), (summary.relinked.count, "placed anew"),
    ].filter { $0.0 > 0 }.map { "\(CountText.text($0.0, "file")) \($0.1)" }
    if !counts.isEmpty {
      console.print(counts.joined(separator: ", "))
    } else if summary.isComplete {
      console.status("Everything is in place")
    }
  }

  var json: JSONValue {
    func list(_ paths: [RepositoryPath]) -> JSONValue { .array(paths.map { .path($0) }) }
    let lists = [
      ("added", summary.added), ("modified", summary.modified), ("deleted", summary.deleted),
    ]
    // The three are all that DVC has, and programs compare whole documents.
    let rare = summary.leftAlone.isEmpty ? [] : [("left_alone", summary.leftAlone)]
    return .object((lists + rare).map { ($0, list($1)) })
  }

  /// Longer lists only scroll away what matters.
  private static let listLimit = 100
}
