extension [UInt8] {
  /// Appends all of `bytes` in one move.
  mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

/// How many bytes two names have in common at their beginning.
func commonPrefixCount(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
  let limit = min(left.count, right.count)
  let (leftBytes, rightBytes) = unsafe (left.bytes, right.bytes)
  var index = 0
  while index + 8 <= limit {
    let a = unsafe leftBytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
    let b = unsafe rightBytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
    guard a == b else { return index + (a.littleEndian ^ b.littleEndian).trailingZeroBitCount / 8 }
    index += 8
  }
  while index < limit, left[index] == right[index] { index += 1 }
  return index
}

extension Span<UInt8> {
  /// Whether the bytes begin with `prefix`.
  func hasPrefix(_ prefix: Span<UInt8>) -> Bool {
    count >= prefix.count && commonPrefixCount(self, prefix) == prefix.count
  }
}
