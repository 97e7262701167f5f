package import DverCore

/// Why the rows of a file cannot be read or compared; the file is named by whoever shows it.
package enum TableError: DverError, Equatable {
  /// A quote that is open where the file ends. Rows count from 1, without the heading.
  case openQuote(row: Int)
  case longRow(row: Int, limit: ByteCount)
  case wideText
  case notJSON(row: Int, reason: String)
  case tooManyColumns(row: Int, limit: Int)
  case notGzip
  case cutGzip
  case damagedGzip
  /// The file is not what it was a moment ago.
  case changed
  case noColumn(String, columns: [String])
  case ambiguousColumn(String)
  case repeatedKey(String, first: Int, second: Int)

  package var message: String {
    switch self {
    case .openQuote(let row): "row \(row) begins a quote that is not closed"
    case .longRow(let row, let limit):
      "row \(row) is longer than \(limit): perhaps a quote is not closed"
    case .wideText: "the text is UTF-16, which is not supported"
    case .notJSON(let row, let reason): "row \(row) is not JSON: \(reason)"
    case .tooManyColumns(let row, let limit):
      row == 0
        ? "there are more than \(limit) columns"
        : "up to row \(row) there are more than \(limit) columns"
    case .notGzip: "the file is not compressed by gzip, though its name says so"
    case .cutGzip: "the file ends in the middle of its compressed data"
    case .damagedGzip: "the compressed data is damaged"
    case .changed: "the file changed while it was read"
    case .noColumn(let name, _): "there is no column '\(name)'"
    case .ambiguousColumn(let name): "there are several columns '\(name)'"
    case .repeatedKey(let key, let first, let second):
      "the key \(key) occurs more than once: in rows \(first) and \(second)"
    }
  }

  package var hint: String? {
    switch self {
    case .noColumn(let name, let columns):
      Spelling.nearest(to: name, among: columns).map { "did you mean '\($0)'?" }
        ?? "the columns are \(Self.list(columns))"
    case .repeatedKey: "name more columns with --key, or compare without it"
    case .wideText: "convert it with 'iconv -f UTF-16 -t UTF-8'"
    default: nil
    }
  }

  /// At most twenty of many.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
  }
}
