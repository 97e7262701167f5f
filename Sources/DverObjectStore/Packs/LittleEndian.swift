extension Span<UInt8> {
  /// The number in the 4 bytes at `index`.
  func uint32(at index: Int) -> UInt32 {
    precondition(index >= 0 && index <= count - 4)
    return UInt32(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
  }

  /// The number in the 8 bytes at `index`.
  func uint64(at index: Int) -> UInt64 {
    precondition(index >= 0 && index <= count - 8)
    return UInt64(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }
}

extension [UInt8] {
  /// Appends the bytes of `value`, the least significant first.
  mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
    var bytes = value.littleEndian
    unsafe Swift.withUnsafeBytes(of: &bytes) { unsafe append(contentsOf: $0) }
  }

  mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
