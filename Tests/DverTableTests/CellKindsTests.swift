import Testing

@testable import DverTable

@Suite struct CellKindsTests {
  private func kinds(_ text: String) -> CellKinds {
    let bytes = Array(text.utf8)
    return unsafe bytes.withUnsafeBufferPointer { unsafe CellKinds.ofText($0) }
  }

  @Test(arguments: ["0", "-1", "+12", "123456789012345678901234567890"])
  func wholeNumbersAreIntegers(text: String) { #expect(kinds(text) == .integer) }

  @Test(arguments: [
    "0.5", "-1.", ".5", "1e5", "-2.5E-07", "nan", "NaN", "inf", "-Inf", "Infinity", "0.0",
  ])
  func otherNumbersAreFloats(text: String) { #expect(kinds(text) == .float) }

  @Test(arguments: ["true", "False", "TRUE"])
  func truthValuesAreBooleans(text: String) { #expect(kinds(text) == .boolean) }

  @Test func datesAndTimesAreKnown() {
    #expect(kinds("2024-05-06") == .date)
    for text in [
      "2024-05-06 07:08", "2024-05-06T07:08:09", "2024-05-06T07:08:09.123Z",
      "2024-05-06 07:08:09+02:00",
    ] {
      #expect(kinds(text) == .timestamp, "\(text)")
    }
  }

  @Test(arguments: [
    "a", "007", "1.2.3", "-", "+", ".", "1e", "1e+", "--1", "1 ", "é", "truex", "n", "2024-5-6",
    "2024-05-06x", "2024-05-06T", "2024-05-06T07:08:09.", "2024-05-06T07:08:09+02", "0x1f", "-a",
  ])
  func restIsText(text: String) { #expect(kinds(text) == .text) }

  @Test func columnsAreWhatAllTheirCellsAre() {
    #expect(CellKinds([]).type == .empty)
    #expect(CellKinds([.integer, .float]).type == .float)
    #expect(CellKinds([.date, .timestamp]).type == .timestamp)
    #expect(CellKinds([.integer, .boolean]).type == .text)
    #expect(CellKinds([.integer, .object]).type == .mixed)
  }
}
