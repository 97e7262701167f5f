/// About how wide text is, since nothing here knows the reader's fonts.
enum TextWidth {
  /// Units of a drawing, at the size of labels.
  static func of(_ text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
  }

  /// The beginning of a text that fits, with an ellipsis where something is left out.
  static func fitted(_ text: String, to limit: Double) -> String {
    guard of(text) > limit else { return text }
    var (kept, width) = ("", 7.0)
    for character in text {
      width += of(String(character))
      if width > limit { break }
      kept.append(character)
    }
    return kept + "…"
  }

  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x1100...0x11ff, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe4f,
      0xff00...0xff60, 0x1f300...0x1faff, 0x20000...0x3fffd:
      12
    default:
      switch scalar {
      case "i", "j", "l", "t", "f", "r", ".", ",", ":", ";", "|", "'", "!", " ", "(", ")": 4.2
      case "m", "w", "M", "W", "@", "%": 10
      case "A"..."Z": 8
      default: 6.8
      }
    }
  }
}
