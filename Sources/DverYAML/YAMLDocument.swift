/// A YAML text and the tree of its nodes.
///
/// Nodes lie in one flat array in the order of the text, each before its children, so a document
/// of a million nodes is a few allocations; the text of a scalar is a range of the source where
/// nothing had to be unescaped or folded. ``YAMLNode`` is the way to read it.
package final class YAMLDocument: Sendable {
  /// Larger texts are refused.
  package static let maximumByteCount = 64 << 20
  /// Deeper nesting is refused, so that callers may recurse on a thread with a small stack.
  package static let maximumDepth = 200
  /// More nodes than these must not be reached through aliases, or a text of a few hundred bytes
  /// would stand for more values than fit in memory.
  package static let maximumAliasedNodeCount = 100_000

  /// More `%TAG` lines are refused: libyaml compares each with all before it.
  package static let maximumDirectiveCount = 100

  /// The name of the file, for messages.
  package let source: String
  package let bytes: [UInt8]
  let records: [YAMLNodeRecord]
  /// The text of the scalars that do not stand in `bytes` as they are.
  let decodedText: [UInt8]
  /// Whether the text asks for YAML 1.1, where some plain scalars have another type.
  package let isOldVersion: Bool

  /// The root; `nil` for a text without any value.
  package var root: YAMLNode? { records.isEmpty ? nil : YAMLNode(document: self, site: 0) }

  /// Reads one document.
  ///
  /// - Parameter allowsOldVersion: Whether the text may ask for YAML 1.1. Texts that dver alone
  ///   writes never do.
  package static func parse(
    bytes: [UInt8], source: String, allowsOldVersion: Bool = false
  ) throws(YAMLError) -> YAMLDocument {
    guard bytes.count <= maximumByteCount else {
      throw YAMLError(
        source: source, mark: YAMLMark(line: 1, column: 1, offset: 0),
        problem: .tooLarge(byteCount: bytes.count))
    }
    try checkDirectives(bytes, source)
    var composer = YAMLComposer(
      source: source, bytes: bytes, allowsOldVersion: allowsOldVersion)
    do {
      try composer.compose()
    } catch {
      throw composer.conflictMarker() ?? error
    }
    return YAMLDocument(
      source: source, bytes: bytes, records: composer.records, decodedText: composer.decodedText,
      isOldVersion: composer.isOldVersion)
  }

  private static func checkDirectives(_ bytes: [UInt8], _ source: String) throws(YAMLError) {
    let (percent, lineFeed) = (UInt8(ascii: "%"), UInt8(ascii: "\n"))
    var count = 0
    var start = bytes.firstIndex(of: percent)
    while let index = start {
      if bytes[index...].starts(with: "%TAG".utf8) { count += 1 }
      guard count <= maximumDirectiveCount else {
        let line = 1 + bytes[..<index].count { $0 == lineFeed }
        throw YAMLError(
          source: source, mark: YAMLMark(line: line, offset: index, in: bytes),
          problem: .tooManyDirectives)
      }
      start = bytes[(index + 1)...].firstIndex(of: percent)
    }
  }

  private init(
    source: String, bytes: [UInt8], records: [YAMLNodeRecord], decodedText: [UInt8],
    isOldVersion: Bool
  ) {
    self.source = source
    self.bytes = bytes
    self.records = records
    self.decodedText = decodedText
    self.isOldVersion = isOldVersion
  }
}

/// One node of a document as it is stored.
struct YAMLNodeRecord {
  enum Kind: UInt8 {
    case scalar
    case sequence
    case mapping
    case alias
  }

  /// What a node's tag says about its type.
  enum Tag: UInt8 {
    /// No tag: the style and the text decide.
    case none
    case string
    case integer
    case double
    case bool
    case null
    case sequence
    case mapping
  }

  var kind: Kind
  var style: YAMLNode.Style
  var tag = Tag.none
  /// Whether an anchor or a tag stands before the node.
  var hasProperties = false
  /// Whether `text` counts in the decoded text instead of the source.
  var isDecoded = false
  /// Whether one of a mapping's keys is `<<`.
  var hasMerge = false
  /// From 1.
  var line: UInt32
  /// Byte range in the source; the end of a block collection is that of its last node.
  var start: UInt32
  var end: UInt32
  /// Where a scalar's text starts.
  var textStart: UInt32 = 0
  var textCount: UInt32 = 0
  /// One past the last record below the node; of an alias, the record that it stands for.
  var next: UInt32 = 0
}
