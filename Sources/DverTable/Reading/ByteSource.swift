/// Content that can be read from its beginning more than once.
package struct ByteSource: Sendable {
  /// Takes the next block, and says whether more is wanted.
  package typealias Taker = (Span<UInt8>) throws -> Bool

  package let byteCount: Int64
  private let reading: @Sendable (Taker) throws -> Void

  /// - Parameter reading: Hands over all blocks in order until the taker has enough.
  package init(byteCount: Int64, reading: @escaping @Sendable (Taker) throws -> Void) {
    self.byteCount = byteCount
    self.reading = reading
  }

  /// Content in memory, in blocks of a size.
  package init(_ bytes: [UInt8], blockByteCount: Int = .max) {
    self.init(byteCount: Int64(bytes.count)) { take in
      var position = 0
      while position < bytes.count {
        let count = min(blockByteCount, bytes.count - position)
        guard try take(bytes.span.extracting(position..<position + count)) else { return }
        position += count
      }
    }
  }

  package func read(_ take: Taker) throws { try reading(take) }
}
