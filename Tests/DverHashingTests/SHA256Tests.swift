import DverCore
import DverHashing
import Testing

@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func agreesWithPublishedValues(text: String, hex: String) {
    let bytes = Array(text.utf8)
    let digest = SHA256.digest(of: bytes.span)
    #expect(digest.hex == hex)
  }

  @Test func piecesMakeTheSameDigestAsTheWhole() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for cut in [0, 1, 63, 64, 65, 999, 1000] {
      var hash = SHA256()
      hash.update(bytes.span.extracting(..<cut))
      hash.update(bytes.span.extracting(cut...))
      let digest = hash.finalize()
      let whole = SHA256.digest(of: bytes.span)
      #expect(digest == whole)
    }
  }

  @Test func oneValueHashesManyMessages() {
    var hash = SHA256()
    let (first, second) = (Array("first".utf8), Array("second".utf8))
    hash.update(second.span)
    let digests = [hash.digest(of: first.span), hash.digest(of: second.span)]
    let expected = [SHA256.digest(of: first.span), SHA256.digest(of: second.span)]
    #expect(digests == expected)
  }
}
