import DverManifest
import TestSupport
import Testing

@Suite struct PathTextTests {
  @Test(arguments: [
    (Array("a b/\u{e9}".utf8), "a b/\u{e9}"), ([0x61, 0xff], #""a\377""#),
    (Array("\"a".utf8), #""\"a""#), (Array("a\"\\".utf8), #"a"\"#), (Array("a\nb".utf8), "a\nb"),
  ])
  func textsAreOrQuoteTheBytes(path: [UInt8], text: String) {
    #expect(PathText.text(of: path) == text)
    #expect(PathText.bytes(of: text) == path)
  }

  @Test(arguments: ["\"", "\"a", #""a\9""#, #""\377"#, #""a\tb""#, #""a""#])
  func damagedQuotesAreRefused(text: String) {
    #expect(PathText.bytes(of: text) == nil)
  }

  @Test(arguments: Seeds.standard)
  func everyPathReadsBack(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let path = generator.bytes(Int(generator.next() % 9))
      #expect(PathText.bytes(of: PathText.text(of: path)) == path)
    }
  }
}
