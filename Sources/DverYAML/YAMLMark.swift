/// A place in a text.
package struct YAMLMark: Hashable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  /// In characters, from 1.
  package let column: Int
  /// In bytes from the start of the text.
  package let offset: Int

  package init(line: Int, column: Int, offset: Int) {
    self.line = line
    self.column = column
    self.offset = offset
  }

  /// `LINE:COLUMN`.
  package var description: String { "\(line):\(column)" }
}
