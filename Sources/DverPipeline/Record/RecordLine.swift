import DverCore
import DverHashing

/// A line of a log that several processes append to: fields of any bytes, behind a checksum.
///
/// `CHECKSUM FIELD FIELD …` and a line feed. The checksum is the first 16 hexadecimal digits of the
/// SHA-256 of all that follows the blank behind it. In a field, bytes up to the blank, `%` and 0x7f
/// stand as `%` and two upper-case hexadecimal digits. A line that was cut or damaged does not match
/// its checksum and reads as `nil`.
enum RecordLine {
  /// The line for `fields`, with a line feed on both sides: what was torn before it must not spoil it.
  static func encoded(_ fields: [[UInt8]]) -> [UInt8] {
    var body: [UInt8] = []
    for (number, field) in fields.enumerated() {
      if number > 0 { body.append(blank) }
      for byte in field {
        if byte <= blank || byte == SafeFileName.percent || byte == 0x7f {
          body.append(SafeFileName.percent)
          body.append(SafeFileName.hexDigits[Int(byte >> 4)])
          body.append(SafeFileName.hexDigits[Int(byte & 15)])
        } else {
          body.append(byte)
        }
      }
    }
    return [lineFeed] + checksum(of: body) + [blank] + body + [lineFeed]
  }

  /// The fields of `line`, which comes without its line feed.
  static func decoded(_ line: ArraySlice<UInt8>) -> [[UInt8]]? {
    guard line.count > checksumCount, line[line.startIndex + checksumCount] == blank else {
      return nil
    }
    let body = Array(line.dropFirst(checksumCount + 1))
    guard line.prefix(checksumCount).elementsEqual(checksum(of: body)) else { return nil }
    var fields: [[UInt8]] = []
    for field in body.split(separator: blank, omittingEmptySubsequences: false) {
      guard let bytes = SafeFileName.decoded(field) else { return nil }
      fields.append(bytes)
    }
    return fields
  }

  /// The fields of every whole line of a log, in order.
  static func records(in log: [UInt8]) -> [[[UInt8]]] {
    log.split(separator: lineFeed).compactMap(decoded)
  }

  private static func checksum(of body: [UInt8]) -> ArraySlice<UInt8> {
    var text: [UInt8] = []
    SHA256.digest(of: body.span).appendHex(to: &text)
    return text[..<checksumCount]
  }

  private static let checksumCount = 16
  private static let blank = UInt8(ascii: " ")
  private static let lineFeed = UInt8(ascii: "\n")
}
