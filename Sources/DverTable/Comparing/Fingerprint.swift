/// 128 bits by which cells and rows are told apart; the same on every machine.
///
/// Strong against accident, not against somebody who wants two rows to look equal: it is never
/// written down, and what it tells is shown to people. Cells are mixed by multiplying 64 by 64 bits and
/// folding the product, as wyhash does (Wang Yi, 2019); those of a row are added up, so that
/// their order does not matter.
struct Fingerprint: Hashable, Sendable {
  var first: UInt64
  var second: UInt64

  static let zero = Fingerprint(first: 0, second: 0)

  @inline(__always)
  static func += (left: inout Fingerprint, right: Fingerprint) {
    left.first &+= right.first
    left.second &+= right.second
  }

  /// Of a cell that is not empty.
  ///
  /// - Parameters:
  ///   - start: At least 16 bytes behind the cell can be read too.
  ///   - seed: That of the column.
  @inline(__always)
  init(_ start: UnsafePointer<UInt8>, count: Int, seed: Fingerprint) {
    var (a, b) = (seed.first, seed.second)
    var rest = count
    var position = unsafe UnsafeRawPointer(start)
    while rest > 16 {
      let left = unsafe Self.load(position)
      let right = unsafe Self.load(position + 8)
      (a, b) = (
        Self.fold(left ^ Self.secrets.0, right ^ a), Self.fold(right ^ Self.secrets.1, left ^ b)
      )
      unsafe position += 16
      rest -= 16
    }
    let left = unsafe Self.load(position) & Self.mask(min(rest, 8))
    let right = rest > 8 ? unsafe Self.load(position + 8) & Self.mask(rest - 8) : 0
    (a, b) = (
      Self.fold(left ^ Self.secrets.0, right ^ a), Self.fold(right ^ Self.secrets.1, left ^ b)
    )
    let length = UInt64(truncatingIfNeeded: count)
    first = Self.fold(a ^ Self.secrets.2, b ^ length)
    second = Self.fold(b ^ Self.secrets.3, a &+ length)
  }

  private init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  /// The seed of a column.
  static func seed(ofColumn name: [UInt8]) -> Fingerprint {
    let padded = name + Array(repeating: 0, count: RecordBuffer.slack)
    return unsafe padded.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return zero }
      return unsafe Fingerprint(
        start, count: name.count, seed: Fingerprint(first: secrets.2, second: secrets.3))
    }
  }

  /// Takes up another row of a sequence.
  @inline(__always)
  mutating func append(_ row: Fingerprint) {
    first = Self.fold(first ^ row.first, Self.secrets.0) &+ row.second
    second = Self.fold(second ^ row.second, Self.secrets.1) &+ row.first
  }

  /// 64 bits of it.
  var half: UInt64 { first ^ second &* Self.secrets.0 }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func load(_ position: UnsafeRawPointer) -> UInt64 {
    unsafe UInt64(littleEndian: position.loadUnaligned(as: UInt64.self))
  }

  /// The lowest bytes.
  @inline(__always)
  private static func mask(_ count: Int) -> UInt64 {
    count >= 8 ? .max : (1 &<< (UInt64(truncatingIfNeeded: count) &* 8)) &- 1
  }

  /// Digits of the square roots of 2, 3, 5 and 7, made odd.
  private static let secrets: (UInt64, UInt64, UInt64, UInt64) = (
    0x6a09_e667_f3bc_c909, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1
  )
}
