import DverGit
import Testing

struct GitObjectIDTests {
  @Test func printedAndReadAgainIsTheSameName() throws {
    let hex = "00112233445566778899aabbccddeeff01020304"
    let id = try #require(GitObjectID(hex: hex))
    #expect(id.hex == hex)
    #expect(GitObjectID(hex: hex.uppercased()) == nil)
    #expect(GitObjectID(hex: String(hex.dropLast())) == nil)
    #expect(GitObjectID.zero < id)
  }
}
