/// Text of rows and fields, such as CSV after RFC 4180.
///
/// Fields may stand in quotes, and hold delimiters, line ends and doubled quotes there. Rows end
/// with a line feed, a carriage return or both; empty lines are no rows.
package struct DelimitedText: Sendable {
  /// Rows need not have equal counts.
  package let rows: [[String]]

  /// - Throws: ``DelimitedTextError``.
  package init(_ bytes: [UInt8], delimiter: UInt8) throws(DelimitedTextError) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    var reader = Reader(bytes: bytes, delimiter: delimiter)
    rows = try reader.rows()
  }

  private struct Reader {
    let bytes: [UInt8]
    let delimiter: UInt8
    var position = 0

    private static let (quote, lineFeed, carriageReturn) = (
      UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")
    )

    init(bytes: [UInt8], delimiter: UInt8) {
      self.bytes = bytes
      self.delimiter = delimiter
      // The byte order mark that some programs write.
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    mutating func rows() throws(DelimitedTextError) -> [[String]] {
      var rows: [[String]] = []
      var row: [String] = []
      while position < bytes.count {
        let isQuoted = bytes[position] == Self.quote
        let field = isQuoted ? try quotedField() : plainField()
        row.append(field)
        guard position < bytes.count else { break }
        if bytes[position] == delimiter {
          position += 1
          // A delimiter at the very end begins one more field.
          if position == bytes.count { row.append("") }
          continue
        }
        skipLineEnd()
        if row != [""] || isQuoted { rows.append(row) }
        row = []
      }
      if !row.isEmpty, row != [""] { rows.append(row) }
      return rows
    }

    private mutating func plainField() -> String {
      let start = position
      while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quotedField() throws(DelimitedTextError) -> String {
      let start = position
      var field: [UInt8] = []
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        guard byte == Self.quote else {
          field.append(byte)
          continue
        }
        if position < bytes.count, bytes[position] == Self.quote {
          field.append(Self.quote)
          position += 1
        } else if position == bytes.count || isEnd(bytes[position]) {
          return String(decoding: field, as: UTF8.self)
        } else {
          throw .textBehindQuote(line: line(of: position))
        }
      }
      throw .openQuote(line: line(of: start))
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private mutating func skipLineEnd() {
      if bytes[position] == Self.carriageReturn { position += 1 }
      if position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
    }

    private func line(of offset: Int) -> Int {
      1 + bytes[..<offset].count { $0 == Self.lineFeed }
    }
  }
}

/// Why a text is no table of fields.
package enum DelimitedTextError: Error, Equatable {
  case notUTF8
  case openQuote(line: Int)
  case textBehindQuote(line: Int)

  package var message: String {
    switch self {
    case .notUTF8: "the text is not UTF-8"
    case .openQuote(let line): "line \(line): a quote is not closed"
    case .textBehindQuote(let line): "line \(line): text stands behind a closing quote"
    }
  }
}
