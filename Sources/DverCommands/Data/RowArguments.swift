import ArgumentParser
import DverWorkspace

/// The options of `dver diff` about the rows of tables.
struct RowArguments: ParsableArguments {
  @Flag(help: "Say what changed in the rows of tables")
  var rows = false

  @Option(
    help: ArgumentHelp(
      "Compare rows with the same cells in these columns (implies --rows)",
      valueName: "column,..."))
  var key: [String] = []

  @Option(
    help: ArgumentHelp(
      "Show so many changed rows a file, 0 for all (default: 10, all with --json)",
      valueName: "rows"))
  var limit: Int?

  func validate() throws {
    if key.contains(where: {
      $0.split(separator: ",", omittingEmptySubsequences: false).contains("")
    }) {
      throw ValidationError("'--key' needs the names of columns, with commas between them")
    }
    guard let limit else { return }
    if limit < 0 { throw ValidationError("'--limit' needs a whole number") }
    if !rows, key.isEmpty { throw ValidationError("'--limit' needs '--rows' or '--key'") }
  }

  /// `nil` where rows are not asked for.
  func options(printsJSON: Bool) -> RowOptions? {
    guard rows || !key.isEmpty else { return nil }
    var options = RowOptions()
    for name in key.flatMap({ $0.split(separator: ",") }).map({ String($0).pathBytes })
    where !options.key.contains(name) {
      options.key.append(name)
    }
    let limit = limit ?? (printsJSON ? 0 : Self.shownCount)
    options.limit = limit == 0 ? nil : limit
    return options
  }

  /// So many rows of a file still fit a terminal with those of others.
  private static let shownCount = 10
}
