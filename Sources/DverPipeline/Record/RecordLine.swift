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
    let head = 1 + checksumCount + 1
    var line: [UInt8] = []
    line.reserveCapacity(head + fields.reduce(1) { $0 + $1.count + 1 })
    line.append(contentsOf: repeatElement(blank, count: head))
    for (number, field) in fields.enumerated() {
      if number > 0 { line.append(blank) }
      if !field.contains(where: isEscaped) {
        line.append(contentsOf: field)
      } else {
        for byte in field { append(byte, to: &line) }
      }
    }
    let checksum = checksum(of: line.span.extracting(head...))
    line.replaceSubrange(1..<head - 1, with: checksum)
    line[0] = lineFeed
    line.append(lineFeed)
    return line
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte <= blank || byte == SafeFileName.percent || byte == 0x7f
  }

  private static func append(_ byte: UInt8, to line: inout [UInt8]) {
    guard isEscaped(byte) else { return line.append(byte) }
    line.append(SafeFileName.percent)
    line.append(SafeFileName.hexDigits[Int(byte >> 4)])
    line.append(SafeFileName.hexDigits[Int(byte & 15)])
  }

  /// The fields of `line`, which comes without its line feed.
  static func decoded(_ line: ArraySlice<UInt8>) -> [[UInt8]]? {
    guard line.count > checksumCount, line[line.startIndex + checksumCount] == blank else {
      return nil
    }
    let body = Array(line.dropFirst(checksumCount + 1))
    guard line.prefix(checksumCount).elementsEqual(checksum(of: body.span)) else { return nil }
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

  private static func checksum(of body: Span<UInt8>) -> ArraySlice<UInt8> {
    var text: [UInt8] = []
    SHA256.digest(of: body).appendHex(to: &text)
    return text[..<checksumCount]
  }

  private static let checksumCount = 16
  private static let blank = UInt8(ascii: " ")
  private static let lineFeed = UInt8(ascii: "\n")
}
