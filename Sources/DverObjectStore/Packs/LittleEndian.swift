extension Span<UInt8> {
  /// The number in the 4 bytes at `index`.
  func uint32(at index: Int) -> UInt32 {
    var value: UInt32 = 0
    for offset in 0..<4 { value |= UInt32(self[index + offset]) << UInt32(8 * offset) }
    return value
  }

  /// The number in the 8 bytes at `index`.
  func uint64(at index: Int) -> UInt64 {
    UInt64(uint32(at: index)) | UInt64(uint32(at: index + 4)) << 32
  }
}

extension [UInt8] {
  /// Appends the bytes of `value`, the least significant first.
  mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
