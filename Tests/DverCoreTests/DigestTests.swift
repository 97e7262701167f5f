import DverCore
import Testing

@Suite struct DigestTests {
  @Test func hexRoundTrips() throws {
    let hex = "0123456789abcdef00112233445566778899aabbccddeeff0f1e2d3c4b5a6978"
    let digest = try #require(Digest(hex: hex))
    #expect(digest.hex == hex)
    #expect(digest[0] == 0x01)
    #expect(digest[31] == 0x78)
    #expect(Digest(bytes: digest.bytes.span) == digest)
  }

  @Test(arguments: [
    "", "abc", String(repeating: "A", count: 64), String(repeating: "g", count: 64),
  ])
  func refusesOtherSpellings(text: String) {
    #expect(Digest(hex: text) == nil)
  }
}
