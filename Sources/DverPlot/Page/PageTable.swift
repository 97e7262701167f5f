/// A table on a page.
package struct PageTable: Sendable, Equatable {
  package var title: String
  package var columns: [String]
  package var rows: [[String]]
  /// Columns that hold numbers stand to the right.
  package var firstNumberColumn: Int

  package init(title: String, columns: [String], rows: [[String]], firstNumberColumn: Int) {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.firstNumberColumn = firstNumberColumn
  }

  func append(to markup: inout Markup) {
    markup.open("section", ["class": "wide"])
    markup.element("h2", content: title)
    markup.open("div", ["class": "table"])
    markup.open("table")
    markup.open("thead")
    row(columns, "th", &markup)
    markup.close("thead")
    markup.open("tbody")
    for cells in rows { row(cells, "td", &markup) }
    markup.close("tbody")
    markup.close("table")
    markup.close("div")
    markup.close("section")
  }

  private func row(_ cells: [String], _ element: String, _ markup: inout Markup) {
    markup.open("tr")
    for (index, cell) in cells.enumerated() {
      if index >= firstNumberColumn {
        markup.element(element, ["class": "number"], content: cell)
      } else {
        markup.element(element, content: cell)
      }
    }
    markup.close("tr")
  }
}
