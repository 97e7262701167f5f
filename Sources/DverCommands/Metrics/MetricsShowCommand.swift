import ArgumentParser
import DverCore
import DverManifest
import DverWorkspace

/// `dver metrics show`: the values of metrics files.
struct MetricsShowCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print metrics",
    discussion: """
      Prints the metrics of the workspace, and of branches, tags or all commits if asked for. A file \
      that cannot be read has "error" in its place with --json.

      Examples:
        dver metrics show
        dver metrics show -a -T --md
        dver metrics show eval.json --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var versions: VersionScopeOptions
  @OptionGroup var precision: PrecisionOption

  @Flag(name: .customLong("md"), help: "Print a Markdown table")
  var markdown = false

  @Flag(name: .customLong("csv"), help: "Print comma-separated values")
  var commaSeparated = false

  @Flag(name: [.customShort("R"), .long], help: "Take all files in folders (always done)")
  var recursive = false

  @Argument(
    help: "Metrics files, or folders of them, in place of those of the pipelines",
    completion: .trackedPath)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if markdown, commaSeparated { throw ValidationError("--md and --csv exclude each other") }
  }

  var bareAccess: BareAccess { .allowed(revision: nil) }

  func run(in workspace: Workspace, console: Console) throws {
    let shown = try workspace.metrics(targets.map(\.pathBytes), in: versions.scope)
    for version in shown {
      guard case .failure(let problem) = version.content else { continue }
      let name = version.name.isEmpty ? "the workspace" : version.name
      console.warning("metrics of \(name): \(problem.message)")
    }
    console.warn(aboutUnread: shown.filter(\.hasProblems).map(\.name), of: "metrics")
    if console.printsJSON {
      return console.print(
        json: .object(
          shown.map { version in
            (key: version.name, value: version.json { workspace.jsonKey($0) })
          }))
    }
    let table = table(shown) { workspace.shown($0) }
    if commaSeparated {
      for line in table.commaSeparatedLines { console.print(line) }
    } else {
      console.print(table, asMarkdown: markdown)
    }
  }

  /// One row a file, one column a key.
  private func table(_ shown: [VersionValues], path: ([UInt8]) -> String) -> TextTable {
    var rows: [(names: [String], values: [String: String])] = []
    var keys: Set<String> = []
    for version in shown {
      for file in version.files {
        let values = Self.flat(file.value).map {
          ($0.key, NumberText.text(of: $0.value, precision: precision.digits))
        }
        keys.formUnion(values.map(\.0))
        let names = [version.name, path(file.path.bytes)]
        rows.append((names, Dictionary(values) { first, _ in first }))
      }
    }
    let columns = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let nameColumns = versions.scope.isEmpty ? ["Path"] : ["Revision", "Path"]
    var table = TextTable(columns: nameColumns + columns)
    for row in rows {
      table.append(
        row.names.suffix(nameColumns.count)
          + columns.map { row.values[$0] ?? NumberText.missing })
    }
    return table
  }

  private static func flat(
    _ value: Result<ParameterValue, ReadingProblem>
  ) -> [(key: String, value: ParameterValue)] {
    switch value {
    case .failure: return []
    case .success(.map(let members)): return ParameterValue.map(members).withListsAsText.flattened
    case .success(let value): return [(key: "", value: value)]
    }
  }
}
