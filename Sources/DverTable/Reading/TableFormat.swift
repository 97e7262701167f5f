/// How the rows of a table stand in a file, as the ending of its name says.
package struct TableFormat: Hashable, Sendable {
  package enum Layout: Hashable, Sendable {
    /// Cells between delimiters after RFC 4180; the first row names the columns.
    case delimited(by: UInt8)
    /// A JSON object a line.
    case jsonLines
  }

  package let layout: Layout
  /// Whether the text is compressed by gzip.
  package let isCompressed: Bool

  package init(_ layout: Layout, isCompressed: Bool = false) {
    self.layout = layout
    self.isCompressed = isCompressed
  }

  /// The format of the file `name`; `nil` where the name is not that of a table of text.
  package init?(fileName name: [UInt8]) {
    let compression = Array(".gz".utf8)
    let isCompressed = Self.ends(name, with: compression)
    let stem = isCompressed ? Array(name.dropLast(compression.count)) : name
    for (ending, layout) in Self.layouts where Self.ends(stem, with: Array(ending.utf8)) {
      self.init(layout, isCompressed: isCompressed)
      return
    }
    return nil
  }

  private static let layouts: [(ending: String, layout: Layout)] = [
    (".csv", .delimited(by: UInt8(ascii: ","))), (".tsv", .delimited(by: UInt8(ascii: "\t"))),
    (".jsonl", .jsonLines), (".ndjson", .jsonLines),
  ]

  /// Whether `name` ends like `ending`, which is in lower case, and holds more than that.
  private static func ends(_ name: [UInt8], with ending: [UInt8]) -> Bool {
    guard name.count > ending.count else { return false }
    return zip(name.suffix(ending.count), ending).allSatisfy { byte, wanted in
      byte == wanted || (0x41...0x5a).contains(byte) && byte + 0x20 == wanted
    }
  }
}
