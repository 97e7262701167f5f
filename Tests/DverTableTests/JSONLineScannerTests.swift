import TestSupport
import Testing

@testable import DverTable

@Suite struct JSONLineScannerTests {
  private func table(_ text: String) throws -> (names: [String], rows: [[String]]) {
    try Tables.text(text, TableFormat(.jsonLines))
  }

  @Test func membersAreCellsWhateverTheirOrder() throws {
    let found = try table(
      """
      {"a": 1, "b": "x"}

      { "b" : "y" , "a" : 2.5e3 }
      {"c": null}
      {}
      """)
    #expect(found.names == ["a", "b", "c"])
    #expect(found.rows == [["1", "\"x\""], ["2.5e3", "\"y\""], ["", "", "null"], ["", "", ""]])
  }

  @Test func valuesThatAreEqualBecomeEqualText() throws {
    let found = try table(
      #"{"v": { "b" : [ 1 , {} , [ ] ] , "a" : "A\/\u00e9\n\u000A\u0001" }}"# + "\n"
        + #"{"v":{"a":"A/é\n\n\u0001","b":[1,{},[]]}}"#)
    #expect(found.rows[0] == found.rows[1])
    #expect(found.rows[0] == [#"{"a":"A/é\n\n\u0001","b":[1,{},[]]}"#])
  }

  @Test func charactersOutsideTheFirstPlaneAreJoined() throws {
    let found = try table(#"{"v": "\ud83d\ude00"}"# + "\n" + #"{"v": "😀"}"#)
    #expect(found.rows[0] == found.rows[1])
    #expect(try table(#"{"v": "\uD83Dx\ude00"}"#).rows == [[#""\ud83dx\ude00""#]])
  }

  @Test func escapedNamesAreTheNamesTheySpell() throws {
    let found = try table(#"{"\u0061b": 1, "x\"y": 2}"# + "\n" + #"{"ab": 3}"#)
    #expect(found.names == ["ab", "x\"y"])
    #expect(found.rows == [["1", "2"], ["3", ""]])
  }

  @Test func ofSeveralMembersOfANameTheLastOneCounts() throws {
    #expect(try table(#"{"a": 1, "a": 2, "o": {"x": 1, "x": 2}}"#).rows == [["2", "{\"x\":2}"]])
  }

  @Test(arguments: [
    "[1]", "{", "{\"a\"}", "{\"a\": }", "{\"a\": 1,}", "{\"a\": 01}", "{\"a\": +1}", "{\"a\": .5}",
    "{\"a\": 1.}", "{\"a\": -.5}",
    "{\"a\": tru}", "{\"a\": \"x}", "{\"a\": \"\\q\"}", "{\"a\": \"\\u12g4\"}", "{\"a\": 1} 2",
    "{\"a\": [1}", "{\"a\": \"\u{1}\"}", "null", "1", "{a: 1}", "{\"a\": \"\\", "{\"a\": [\"\\u12",
  ])
  func otherLinesAreErrors(line: String) {
    #expect {
      try table("{\"a\": 0}\n\(line)\n")
    } throws: { error in
      if case TableError.notJSON(row: 2, _) = error { true } else { false }
    }
  }

  @Test func valuesTooDeepAreAnErrorAndNoCrash() {
    let deep = String(repeating: "[", count: 1_000_000)
    #expect(throws: (any Error).self) { try table("{\"a\": \(deep)") }
    #expect(throws: (any Error).self) {
      try table("{\"a\": " + String(repeating: "{\"a\":", count: 100_000))
    }
  }

  @Test(arguments: Seeds.standard)
  func noBytesCrashAndBlocksDoNotMatter(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let sample = Array(#"{"a": [1, {"b": "\u00e9\ud83d\\"}], "c": -1.5e-3, "d": null}"#.utf8)
    for _ in 0..<300 {
      var text = sample + [0x0a] + sample
      for _ in 0..<Int.random(in: 0..<4, using: &generator) {
        let place = Int.random(in: 0..<text.count, using: &generator)
        text[place] = sample.randomElement(using: &generator) ?? 0
      }
      let whole = try? Tables.read(text, TableFormat(.jsonLines))
      for size in [1, 3, 17] {
        #expect((try? Tables.read(text, TableFormat(.jsonLines), blockByteCount: size)) == whole)
      }
    }
  }
}
