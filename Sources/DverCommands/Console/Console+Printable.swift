extension Console {
  /// Text that may hold anything, from files that came from elsewhere, without the control
  /// characters that would make a terminal do something.
  static func printable(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      let value = scalar.value
      return value < 0x20 && value != 0x0a && value != 0x09 || (0x7f..<0xa0).contains(value)
    }
    // Those from 0x80 on begin with this byte.
    let mayHoldControls = text.utf8.contains {
      $0 < 0x20 && $0 != 0x0a && $0 != 0x09 || $0 == 0x7f || $0 == 0xc2
    }
    guard mayHoldControls, text.unicodeScalars.contains(where: isControl) else { return text }
    var printable = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        let digits = String(scalar.value, radix: 8)
        printable += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      } else {
        printable.unicodeScalars.append(scalar)
      }
    }
    return printable
  }
}
