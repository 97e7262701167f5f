import DverCore

/// Paths, which are bytes, as strings of pointer files, `dver.yaml` and `dver.lock`.
///
/// A path that is valid UTF-8 is its own text. One that is not, or that begins with `"`, is the
/// text of its quoted form, quotes and escapes included, so every path has one text and every text
/// that begins with `"` is a quoted form.
package enum PathText {
  private static let quote = UInt8(ascii: "\"")

  /// The text of a path.
  package static func text(of path: some Collection<UInt8>) -> String {
    let bytes = Array(path)
    if bytes.first != quote, PathQuoting.isValidUTF8(bytes.span) {
      return String(decoding: bytes, as: UTF8.self)
    }
    return PathQuoting.quoted(bytes)
  }

  /// The path with this text; `nil` for a damaged quoted form, and for that of a path which is its
  /// own text.
  package static func bytes(of text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.first == quote else { return bytes }
    guard let path = PathQuoting.unquote(bytes.span),
      path.first == quote || !PathQuoting.isValidUTF8(path.span)
    else { return nil }
    return path
  }
}
