import DverCore
import DverWorkspace

/// The table of `metrics diff` and `params diff`.
struct DifferenceTable {
  /// What a key is called in the heading.
  let title: String
  let names: [String]
  var showsPath = true
  var showsChange = true
  /// Digits behind the point; `nil` for all.
  var precision: Int?

  /// - Parameter shown: How the user is told a path.
  func table(_ difference: ValueDifference, shown: ([UInt8]) -> String) -> TextTable {
    var table = TextTable(columns: ["Path", title] + names + ["Change"])
    for file in difference.files {
      for change in file.changes {
        let values = [change.old, change.new, change.difference].map {
          NumberText.text(of: $0, precision: precision)
        }
        table.append([shown(file.path.bytes), change.key] + values)
      }
    }
    var columns = Array(table.columns.indices)
    if !showsPath { columns.removeFirst() }
    if !showsChange { columns.removeLast() }
    return table.selecting(columns)
  }
}

extension Console {
  /// Prints a table; nothing if it has no rows.
  ///
  /// - Parameter showsEmpty: Whether its heading is printed without rows too.
  func print(_ table: TextTable, asMarkdown: Bool, showsEmpty: Bool = false) {
    guard showsEmpty || !table.rows.isEmpty else { return }
    for line in asMarkdown ? table.markdownLines + [""] : table.plainLines { print(line) }
  }

  /// Says of which versions something could not be read.
  func warn(aboutUnread names: [String], of kind: String) {
    guard !names.isEmpty else { return }
    let list = names.map { $0.isEmpty ? "the workspace" : $0 }.joined(separator: ", ")
    warning("not all \(kind) could be read in \(list)")
  }
}
