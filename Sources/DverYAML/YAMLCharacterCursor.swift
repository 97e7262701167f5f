/// Finds the byte at which a character stands, for positions that mostly grow.
///
/// libyaml counts characters; edits and slices need bytes.
struct YAMLCharacterCursor {
  private let bytes: [UInt8]
  private let start: Int
  private let isASCII: Bool
  private var character = 0
  private var byte: Int

  /// Characters count from `start`, a byte offset.
  init(bytes: [UInt8], start: Int) {
    self.bytes = bytes
    self.start = start
    byte = start
    // Without an early exit the loop runs many bytes at a time.
    isASCII = bytes[start...].reduce(0, |) < 0x80
  }

  mutating func offset(ofCharacter target: Int) -> Int {
    if isASCII { return min(start + target, bytes.count) }
    while character < target, byte < bytes.count {
      byte += 1
      while byte < bytes.count, isContinuation(byte) { byte += 1 }
      character += 1
    }
    while character > target, byte > start {
      byte -= 1
      while byte > start, isContinuation(byte) { byte -= 1 }
      character -= 1
    }
    return byte
  }

  private func isContinuation(_ index: Int) -> Bool { bytes[index] & 0xc0 == 0x80 }
}
