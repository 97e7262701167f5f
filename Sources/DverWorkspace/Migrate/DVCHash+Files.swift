import DverCore
import DverFileSystem
import DverHashing
import DverManifest

extension DVCHash {
  /// Whether the file holds this content; a directory's is its listing.
  func isHash(ofFileAt path: AbsolutePath) throws -> Bool {
    let file = try OpenFile(path, .read)
    guard try file.status().isFile else { return false }
    let found = try Self.md5(of: file, ignoringLineEnds: ignoresLineEnds && !isDirectory)
    return found == (high, low)
  }

  /// What DVC calls the file.
  init(ofFileAt path: AbsolutePath, ignoringLineEnds: Bool) throws {
    let (high, low) = try Self.md5(
      of: OpenFile(path, .read), ignoringLineEnds: ignoringLineEnds)
    self.init(high: high, low: low, ignoresLineEnds: ignoringLineEnds)
  }

  private static func md5(
    of file: borrowing OpenFile, ignoringLineEnds: Bool
  ) throws -> (high: UInt64, low: UInt64) {
    var hash = MD5()
    var isText: Bool?
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockByteCount, alignment: 16)
    defer { unsafe block.deallocate() }
    while true {
      let count = unsafe try file.read(into: block)
      let bytes = unsafe Span<UInt8>(
        _unsafeBytes: UnsafeRawBufferPointer(rebasing: block[..<count]))
      if ignoringLineEnds, isText == nil { isText = looksLikeText(bytes) }
      if isText == true {
        let text = withoutReturns(bytes)
        hash.update(text.span)
      } else {
        hash.update(bytes)
      }
      if count < blockByteCount { break }
    }
    return hash.finalize()
  }

  // MARK: Line ends

  /// DVC replaces line ends in blocks of this size, so that an end between two of them stays.
  private static let blockByteCount = 1 << 20

  /// DVC's rule: no NUL in the first 512 bytes, and at most 30 % of what is not printable ASCII.
  private static func looksLikeText(_ bytes: Span<UInt8>) -> Bool {
    let count = min(512, bytes.count)
    var others = 0
    for index in 0..<count {
      switch bytes[index] {
      case 0: return false
      case 8, 9, 10, 12, 13, 32..<127: break
      default: others += 1
      }
    }
    return others * 10 <= count * 3
  }

  private static func withoutReturns(_ bytes: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for index in bytes.indices {
      let isLineEnd =
        bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count
        && bytes[index + 1] == UInt8(ascii: "\n")
      if !isLineEnd { result.append(bytes[index]) }
    }
    return result
  }
}
