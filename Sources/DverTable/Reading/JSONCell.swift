/// Cells of JSON lines, which hold JSON.
package enum JSONCell {
  /// What a string in the form of ``JSONText`` says.
  ///
  /// Half characters, which are no text, stay escaped.
  package static func content(ofString text: [UInt8]) -> [UInt8] {
    var content: [UInt8] = []
    var position = 1
    while position < text.count - 1 {
      let byte = text[position]
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        content.append(byte)
        continue
      }
      let letter = text[position]
      position += 1
      guard letter == UInt8(ascii: "u") else {
        content.append(characters[letter] ?? letter)
        continue
      }
      let digits = String(decoding: text[position..<position + 4], as: UTF8.self)
      let unit = UInt32(digits, radix: 16) ?? 0
      position += 4
      content += unit < 0x20 ? [UInt8(unit)] : Array("\\u\(digits)".utf8)
    }
    return content
  }

  private static let characters: [UInt8: UInt8] = [
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0a,
    UInt8(ascii: "f"): 0x0c, UInt8(ascii: "r"): 0x0d,
  ]
}
