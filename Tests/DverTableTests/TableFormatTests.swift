import Testing

@testable import DverTable

@Suite struct TableFormatTests {
  @Test(arguments: [
    ("a.csv", TableFormat(.delimited(by: 0x2c))), ("A.CSV", TableFormat(.delimited(by: 0x2c))),
    ("a.tsv.gz", TableFormat(.delimited(by: 0x09), isCompressed: true)),
    ("a.jsonl", TableFormat(.jsonLines)), ("a.b.ndjson", TableFormat(.jsonLines)),
    ("a.jsonl.GZ", TableFormat(.jsonLines, isCompressed: true)),
  ])
  func endingsOfTablesAreKnown(name: String, format: TableFormat) {
    #expect(TableFormat(fileName: Array(name.utf8)) == format)
  }

  @Test(arguments: ["a.json", ".csv", "csv", "a.gz", "a.csv.zip", "a.csvx", "", ".csv.gz"])
  func otherNamesAreNoTables(name: String) {
    #expect(TableFormat(fileName: Array(name.utf8)) == nil)
  }
}
