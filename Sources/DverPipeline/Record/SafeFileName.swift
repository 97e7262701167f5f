import DverCore
import DverHashing

/// Names of files made from any bytes, one to one.
///
/// Letters, digits, `.`, `_` and `-` stand as they are, anything else and a leading dot as `%` and
/// two upper-case hexadecimal digits.
enum SafeFileName {
  /// Leaves room for a suffix below the 255 bytes that file systems allow.
  static let longest = 200

  /// The name for `bytes`; one that would get too long is cut and ends in a part of its digest, so
  /// that it cannot be decoded.
  static func encoded(_ bytes: [UInt8]) -> String {
    let whole = escaped(bytes)
    guard whole.utf8.count > longest else { return whole }
    let digest = SHA256.digest(of: bytes.span).hex.prefix(digestCount)
    // Two percent signs mark a name that was cut: escaping never puts them side by side.
    return "\(whole.prefix(longest - digestCount - 2))%%\(digest)"
  }

  /// Whether the name for `bytes` is cut.
  static func isCut(_ bytes: [UInt8]) -> Bool {
    // Escaping makes a byte three at the most.
    bytes.count * 3 > longest && escaped(bytes).utf8.count > longest
  }

  /// The bytes that ``encoded(_:)`` made `name` of; `nil` for a name that was cut or is none.
  static func decoded(_ name: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = Array(name)[...]
    while let byte = rest.popFirst() {
      guard byte == percent else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  static func escaped(_ bytes: [UInt8]) -> String {
    var name: [UInt8] = []
    for byte in bytes {
      if isPlain(byte) && !(name.isEmpty && byte == UInt8(ascii: ".")) {
        name.append(byte)
      } else {
        name.append(percent)
        name.append(hexDigits[Int(byte >> 4)])
        name.append(hexDigits[Int(byte & 15)])
      }
    }
    return String(decoding: name, as: UTF8.self)
  }

  static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  static let percent = UInt8(ascii: "%")
  static let hexDigits = Array("0123456789ABCDEF".utf8)
  private static let digestCount = 32
}
