/// What a pointer or a lock names: a file by the digest of its bytes, or a directory by the digest
/// of its manifest's root node.
///
/// Printed as the digest, with `.dir` behind that of a directory.
package struct ContentName: Hashable, Sendable {
  package let digest: Digest
  package let isDirectory: Bool

  package init(digest: Digest, isDirectory: Bool) {
    self.digest = digest
    self.isDirectory = isDirectory
  }

  /// Reads 64 hexadecimal digits with or without `.dir` behind them; `nil` for anything else.
  package init?(_ text: some StringProtocol) {
    let isDirectory = text.hasSuffix(".dir")
    guard let digest = Digest(hex: isDirectory ? text.dropLast(4) : text[...]) else { return nil }
    self.init(digest: digest, isDirectory: isDirectory)
  }
}

extension ContentName: CustomStringConvertible {
  package var description: String { isDirectory ? digest.hex + ".dir" : digest.hex }
}
