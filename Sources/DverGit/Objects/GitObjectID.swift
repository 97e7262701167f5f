import CGit2

/// The SHA-1 name of a git object.
///
/// Ordered as its 20 bytes are.
package struct GitObjectID: Hashable, Sendable {
  /// The bytes in order, the first the most significant.
  private let words: (UInt64, UInt64, UInt32)

  package static let byteCount = 20
  package static let hexCount = 40
  /// No object has this name; git writes it for "absent".
  package static let zero = GitObjectID(words: (0, 0, 0))

  private init(words: (UInt64, UInt64, UInt32)) { self.words = words }

  /// Takes the first 20 of `bytes`; the caller vouches for the count.
  package init(bytes: Span<UInt8>) {
    precondition(bytes.count >= Self.byteCount)
    func word(_ range: Range<Int>) -> UInt64 {
      var word: UInt64 = 0
      for index in range { word = word << 8 | UInt64(bytes[index]) }
      return word
    }
    self.init(words: (word(0..<8), word(8..<16), UInt32(word(16..<20))))
  }

  /// Reads 40 lower-case hexadecimal digits; `nil` for anything else.
  package init?(hex: some Collection<UInt8>) {
    guard hex.count == Self.hexCount else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex {
      let value: UInt8
      switch character {
      case 0x30...0x39: value = character - 0x30
      case 0x61...0x66: value = character - 0x61 + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    self.init(bytes: bytes.span)
  }

  package init?(hex: String) { self.init(hex: hex.utf8) }

  init(_ raw: git_oid) {
    var raw = raw
    let words = unsafe withUnsafeBytes(of: &raw.id) { buffer in
      unsafe (
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
      )
    }
    self.init(words: words)
  }

  /// The name as libgit2 takes it.
  var raw: git_oid {
    var raw = git_oid()
    unsafe withUnsafeMutableBytes(of: &raw.id) { buffer in
      unsafe buffer.storeBytes(of: words.0.bigEndian, toByteOffset: 0, as: UInt64.self)
      unsafe buffer.storeBytes(of: words.1.bigEndian, toByteOffset: 8, as: UInt64.self)
      unsafe buffer.storeBytes(of: words.2.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return raw
  }

  /// 40 lower-case hexadecimal digits.
  package var hex: String {
    func padded(_ word: some BinaryInteger, _ count: Int) -> String {
      let text = String(word, radix: 16)
      return String(repeating: "0", count: count - text.utf8.count) + text
    }
    return padded(words.0, 16) + padded(words.1, 16) + padded(words.2, 8)
  }

  package static func == (left: GitObjectID, right: GitObjectID) -> Bool {
    left.words.0 == right.words.0 && left.words.1 == right.words.1
      && left.words.2 == right.words.2
  }

  package func hash(into hasher: inout Hasher) {
    // The value is uniformly distributed already.
    hasher.combine(words.0)
  }
}

extension GitObjectID: Comparable {
  package static func < (left: GitObjectID, right: GitObjectID) -> Bool {
    left.words < right.words
  }
}

extension GitObjectID: CustomStringConvertible {
  package var description: String { hex }
}
