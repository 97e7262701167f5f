/// Rows of cells under a heading, as text.
struct TextTable {
  let columns: [String]
  private(set) var rows: [[String]] = []

  init(columns: [String]) { self.columns = columns }

  /// - Parameter row: One cell a column.
  mutating func append(_ row: [String]) {
    precondition(row.count == columns.count)
    rows.append(row)
  }

  /// The table with these columns alone, by their places.
  func selecting(_ kept: [Int]) -> TextTable {
    var table = TextTable(columns: kept.map { columns[$0] })
    for row in rows { table.append(kept.map { row[$0] }) }
    return table
  }

  /// Aligned columns, a line a row.
  var plainLines: [String] {
    let lines = lines(escapingPipes: false)
    let widths = widths(of: lines)
    return lines.map { cells in
      var line = zip(cells, widths).map { Self.padded($0, $1) }.joined(separator: "  ")[...]
      while line.last == " " { line = line.dropLast() }
      return String(line)
    }
  }

  /// A table of GitHub's Markdown.
  var markdownLines: [String] {
    let cells = lines(escapingPipes: true)
    let widths = widths(of: cells)
    var lines = cells.map { row in
      "| \(zip(row, widths).map { Self.padded($0, $1) }.joined(separator: " | ")) |"
    }
    lines.insert(
      "|\(widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|"))|", at: 1)
    return lines
  }

  /// Comma-separated values after RFC 4180, with a heading and line feeds.
  var commaSeparatedLines: [String] {
    ([columns] + rows).map { row in
      row.map { cell in
        let needsQuotes = cell.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
        return needsQuotes ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
      }.joined(separator: ",")
    }
  }

  /// Heading and rows with one line a cell.
  private func lines(escapingPipes: Bool) -> [[String]] {
    ([columns] + rows).map { row in
      row.map { cell in
        let line = cell.replacing("\n", with: " ").replacing("\r", with: " ")
        return escapingPipes ? line.replacing("|", with: "\\|") : line
      }
    }
  }

  private func widths(of lines: [[String]]) -> [Int] {
    columns.indices.map { column in
      let cells = lines.map { $0[column].unicodeScalars.count }.max() ?? 0
      return max(cells, lines[0][column].unicodeScalars.count + Self.headingSlack)
    }
  }

  /// How much wider than its heading a column is at least, as in DVC's tables.
  private static let headingSlack = 2

  private static func padded(_ cell: String, _ width: Int) -> String {
    cell + String(repeating: " ", count: max(0, width - cell.unicodeScalars.count))
  }
}
