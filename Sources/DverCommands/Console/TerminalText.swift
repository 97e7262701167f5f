/// Text from elsewhere, as one line of a terminal.
enum TerminalText {
  /// `line` without escape sequences, control characters and blanks at its ends; tabs become blanks.
  static func plain(_ line: ArraySlice<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    var scalars = String(decoding: line, as: UTF8.self).unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar.value {
      case 0x1b: skipSequence(&scalars)
      case 0x9b: skipControlSequence(&scalars)
      case 0x09: text.append(" ")
      case ..<0x20, 0x7f..<0xa0: break
      default: text.append(scalar)
      }
    }
    var kept = text[...]
    while kept.first?.properties.isWhitespace == true { kept.removeFirst() }
    while kept.last?.properties.isWhitespace == true { kept.removeLast() }
    return String(kept)
  }

  /// As much of `text`, which is plain, as fits into `columns`; what was cut ends in `…`.
  static func cut(_ text: String, to columns: Int) -> String {
    var width = 0
    var kept = String.UnicodeScalarView()
    // What still fits together with the ellipsis.
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      width += self.width(of: scalar)
      if width > columns { return columns > 0 ? String(safe) + "…" : "" }
      kept.append(scalar)
      if width < columns { safe = kept }
    }
    return text
  }

  /// What follows an escape character.
  private static func skipSequence(_ scalars: inout String.UnicodeScalarView.SubSequence) {
    guard let first = scalars.popFirst() else { return }
    switch first {
    case "[": skipControlSequence(&scalars)
    case "]", "P", "X", "^", "_":
      // A text, up to a bell or the escape sequence that ends it.
      while let scalar = scalars.popFirst(), scalar.value != 0x07 {
        if scalar.value == 0x1b {
          _ = scalars.popFirst()
          return
        }
      }
    default:
      // Intermediate characters, then a last one.
      var last = first
      while (0x20..<0x30).contains(last.value), let next = scalars.popFirst() { last = next }
    }
  }

  /// Parameters and a final character.
  private static func skipControlSequence(_ scalars: inout String.UnicodeScalarView.SubSequence) {
    while let scalar = scalars.popFirst(), !(0x40..<0x7f).contains(scalar.value) {}
  }

  /// How many columns a character takes, as far as terminals agree.
  private static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100..<0x1160, 0x2e80..<0xa4d0, 0xac00..<0xd7a4, 0xf900..<0xfb00, 0xfe30..<0xfe70,
      0xff00..<0xff61, 0xffe0..<0xffe7, 0x1f300..<0x1fb00, 0x20000..<0x3fffe:
      return 2
    default: return 1
    }
  }
}
