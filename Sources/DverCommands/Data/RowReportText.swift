import DverCore
import DverTable
import DverWorkspace

/// The text of what happened to the rows of a file.
struct RowReportText {
  private let report: RowReport
  /// The path as the user knows it.
  private let path: String

  init(_ report: RowReport, path: String) {
    self.report = report
    self.path = path
  }

  func print(on console: Console) {
    guard case .compared(let comparison) = report.outcome else {
      console.print("\(path): \(problem)")
      return
    }
    console.print("\(path): \(Self.summary(comparison))")
    let columns = Self.columns(comparison.columns)
    if !columns.isEmpty {
      console.print(
        "  " + TerminalText.cut(columns.joined(separator: "; "), to: Self.lineWidth))
    }
    for change in comparison.changes {
      let (sign, color) = Self.sign(change.kind)
      console.print(
        styled: "  \(console.colored(sign, color)) \(Console.printable(line(change)))")
    }
    let rest = comparison.changeCount - comparison.changes.count
    if rest > 0 { console.print("  … and \(Self.grouped(rest)) more (--limit 0 shows all)") }
  }

  /// A section of Markdown.
  func printMarkdown(on console: Console) {
    console.print("### \(path)")
    console.print("")
    guard case .compared(let comparison) = report.outcome else {
      console.print("\(problem)")
      console.print("")
      return
    }
    console.print(Self.summary(comparison))
    for line in Self.columns(comparison.columns) { console.print("- \(line)") }
    console.print("")
    guard !comparison.changes.isEmpty else { return }
    var table = TextTable(columns: ["Change", "Row", "Cells"])
    for change in comparison.changes {
      let row = change.newRow ?? change.oldRow ?? 0
      table.append([change.kind.rawValue, Self.grouped(row), line(change)])
    }
    for line in table.markdownLines { console.print(line) }
    console.print("")
    let rest = comparison.changeCount - comparison.changes.count
    guard rest > 0 else { return }
    console.print("… and \(Self.grouped(rest)) more")
    console.print("")
  }

  private var problem: String {
    guard case .problem(let message, let hint) = report.outcome else { return "" }
    return hint.map { "\(message); \($0)" } ?? message
  }

  // MARK: Lines

  /// Such as `3,000,000 -> 3,000,120 rows: 161 added, 41 deleted`.
  private static func summary(_ comparison: RowComparison) -> String {
    let counts = [
      (comparison.addedCount, "added"), (comparison.deletedCount, "deleted"),
      (comparison.modifiedCount, "modified"),
    ]
    let (old, new) = (comparison.oldCount, comparison.newCount)
    let size = old == new ? grouped(new) : "\(grouped(old)) -> \(grouped(new))"
    let rows = "\(size) \(max(old, new) == 1 ? "row" : "rows")"
    guard comparison.hasSameRows else {
      let parts = counts.filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
      return "\(rows): \(parts.joined(separator: ", "))"
    }
    if comparison.isReordered { return "\(rows): the same rows in another order" }
    return comparison.columns.isEmpty
      ? "\(rows): the same, only written in another way"
      : "\(rows): the same in the columns that both versions have"
  }

  private static func columns(_ changes: ColumnChanges) -> [String] {
    changes.retyped.map {
      "column \(text($0.name)): \($0.old.rawValue) -> \($0.new.rawValue)"
    } + changes.added.map { "column \(text($0)) added" }
      + changes.deleted.map { "column \(text($0)) deleted" }
      + (changes.isReordered ? ["columns in another order"] : [])
  }

  private static func sign(_ kind: RowChange.Kind) -> (String, Console.Color) {
    switch kind {
    case .modified: ("~", .yellow)
    case .added: ("+", .green)
    case .deleted: ("-", .red)
    }
  }

  private func line(_ change: RowChange) -> String {
    let cells =
      switch change.kind {
      case .modified:
        change.key.map(cell)
          + zip(change.old, change.new).map {
            "\(Self.text($0.name)): \(value($0.value)) -> \(value($1.value))"
          }
      case .added: change.new.map(cell)
      case .deleted: change.old.map(cell)
      }
    return TerminalText.cut(cells.joined(separator: "  "), to: Self.lineWidth)
  }

  private func cell(_ cell: NamedCell) -> String {
    "\(Self.text(cell.name))=\(value(cell.value))"
  }

  /// The beginning of a cell.
  private func value(_ cell: [UInt8]) -> String {
    guard report.holdsJSON, PathQuoting.isValidUTF8(cell.span) else { return Self.text(cell) }
    // JSON has quotes of its own.
    let text = String(decoding: Self.beginning(of: cell), as: UTF8.self)
    return text.isEmpty ? "(none)" : TerminalText.cut(text, to: Self.cellWidth)
  }

  /// The beginning of a text; in quotes where it is empty or holds what would not show.
  private static func text(_ bytes: [UInt8]) -> String {
    let text = PathQuoting.quoted(beginning(of: bytes))
    return text.isEmpty ? "\"\"" : TerminalText.cut(text, to: cellWidth)
  }

  /// Whole characters, and more than are shown.
  private static func beginning(of cell: [UInt8]) -> ArraySlice<UInt8> {
    guard cell.count > cellByteLimit else { return cell[...] }
    var end = cellByteLimit
    while end > 0, cell[end] & 0xc0 == 0x80 { end -= 1 }
    return cell[..<end]
  }

  /// `1,234,567`.
  private static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  private static let cellWidth = 40
  private static let lineWidth = 160
  private static let cellByteLimit = 4096
}
