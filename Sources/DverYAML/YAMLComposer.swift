import CYaml
import Glibc

/// Turns the events of libyaml into the records of a document.
///
/// Keeps its own stack, so nesting costs no stack of the thread.
struct YAMLComposer {
  let source: String
  let bytes: [UInt8]
  var records: [YAMLNodeRecord] = []
  private(set) var decodedText: [UInt8] = []

  /// A collection whose end has not come yet.
  private struct OpenCollection {
    let index: Int
    let anchor: String?
    let isMapping: Bool
    /// Levels below the collection so far.
    var height = 0
    var lastChild: Int?
    /// Of a mapping: whether a key comes next.
    var expectsKey = true
    /// Nodes reached through aliases before the collection began.
    let aliasedBefore: Int
  }

  private struct Anchor {
    let index: Int
    /// Nodes that an alias stands for, its own aliases counted out in full; 0 while still open.
    var nodeCount = 0
    var height = 0
  }

  private var open: [OpenCollection] = []
  private var anchors: [String: Anchor] = [:]
  private var aliasedNodeCount = 0
  private var cursor: YAMLCharacterCursor
  /// Bytes of a byte order mark, which libyaml does not get to see.
  let skippedByteCount: Int
  private let allowsOldVersion: Bool
  /// Whether the text asks for YAML 1.1.
  private(set) var isOldVersion = false

  init(source: String, bytes: [UInt8], allowsOldVersion: Bool) {
    self.source = source
    self.allowsOldVersion = allowsOldVersion
    self.bytes = bytes
    skippedByteCount = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    cursor = YAMLCharacterCursor(bytes: bytes, start: skippedByteCount)
  }

  /// Reads the whole text.
  mutating func compose() throws(YAMLError) {
    records.reserveCapacity(bytes.count / 12)
    // Typed throws do not pass through `withUnsafeBufferPointer` together with `mutating`.
    let bytes = bytes
    let skipped = skippedByteCount
    let failure = unsafe bytes.withUnsafeBufferPointer { buffer -> YAMLError? in
      var parser = unsafe YAMLEventParser(
        reading: UnsafeBufferPointer(rebasing: buffer[skipped...]))
      do throws(YAMLError) {
        while unsafe try step(&parser, buffer) {}
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Takes one event; false after the last one.
  private mutating func step(
    _ parser: inout YAMLEventParser, _ buffer: UnsafeBufferPointer<UInt8>
  ) throws(YAMLError) -> Bool {
    guard parser.advance() else { throw syntaxError(parser.failure) }
    let event = unsafe parser.event
    let start = unsafe event.pointee.start_mark
    switch unsafe event.pointee.type {
    case YAML_STREAM_END_EVENT: return false
    case YAML_DOCUMENT_START_EVENT:
      guard records.isEmpty else { throw error(.severalDocuments, at: start) }
      if let version = unsafe event.pointee.data.document_start.version_directive {
        let minor = unsafe version.pointee.minor
        isOldVersion = minor == 1
        guard minor >= 2 || (isOldVersion && allowsOldVersion) else {
          throw error(.oldVersion, at: start)
        }
      }
    case YAML_SCALAR_EVENT: try unsafe addScalar(event, buffer)
    case YAML_ALIAS_EVENT: try unsafe addAlias(event)
    case YAML_SEQUENCE_START_EVENT:
      let data = unsafe event.pointee.data.sequence_start
      let isFlow = unsafe data.style == YAML_FLOW_SEQUENCE_STYLE
      try unsafe openCollection(event, .sequence, isFlow, data.anchor, data.tag)
    case YAML_MAPPING_START_EVENT:
      let data = unsafe event.pointee.data.mapping_start
      let isFlow = unsafe data.style == YAML_FLOW_MAPPING_STYLE
      try unsafe openCollection(event, .mapping, isFlow, data.anchor, data.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try unsafe closeCollection(event)
    default: break
    }
    return true
  }

  private mutating func addScalar(
    _ event: UnsafePointer<yaml_event_t>, _ buffer: UnsafeBufferPointer<UInt8>
  ) throws(YAMLError) {
    let data = unsafe event.pointee.data.scalar
    let style: YAMLNode.Style =
      switch unsafe data.style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
    var record = unsafe newRecord(event, .scalar, style)
    try unsafe applyTag(data.tag, to: &record, at: event.pointee.start_mark)
    record.hasProperties = unsafe data.anchor != nil || data.tag != nil
    let value = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
    let margin = style == .singleQuoted || style == .doubleQuoted ? 1 : 0
    let first = Int(record.start) + margin
    record.textCount = UInt32(value.count)
    if value.count == Int(record.end) - margin - first,
      let base = buffer.baseAddress,
      unsafe memcmp(data.value, base + first, value.count) == 0
    {
      record.textStart = UInt32(first)
    } else {
      record.isDecoded = true
      record.textStart = UInt32(decodedText.count)
      unsafe decodedText.append(contentsOf: value)
    }
    record.next = UInt32(records.count + 1)
    if let anchor = unsafe data.anchor {
      anchors[unsafe name(anchor)] = Anchor(index: records.count, nodeCount: 1)
    }
    try noteChild(record, height: 0)
    records.append(record)
  }

  private mutating func addAlias(_ event: UnsafePointer<yaml_event_t>) throws(YAMLError) {
    let name = unsafe name(event.pointee.data.alias.anchor)
    let mark = unsafe event.pointee.start_mark
    guard let anchor = anchors[name] else { throw error(.undefinedAlias(name), at: mark) }
    guard anchor.nodeCount > 0 else { throw error(.recursiveAlias(name), at: mark) }
    aliasedNodeCount += anchor.nodeCount
    guard aliasedNodeCount <= YAMLDocument.maximumAliasedNodeCount else {
      throw error(.tooManyAliases, at: mark)
    }
    guard open.count + anchor.height <= YAMLDocument.maximumDepth else {
      throw error(.tooDeep, at: mark)
    }
    var record = unsafe newRecord(event, .alias, .plain)
    record.next = UInt32(anchor.index)
    try noteChild(records[anchor.index], height: anchor.height)
    records.append(record)
  }

  private mutating func openCollection(
    _ event: UnsafePointer<yaml_event_t>, _ kind: YAMLNodeRecord.Kind, _ isFlow: Bool,
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?
  ) throws(YAMLError) {
    let mark = unsafe event.pointee.start_mark
    guard open.count < YAMLDocument.maximumDepth else { throw error(.tooDeep, at: mark) }
    var record = unsafe newRecord(event, kind, isFlow ? .flow : .block)
    try unsafe applyTag(tag, to: &record, at: mark)
    record.hasProperties = unsafe anchor != nil || tag != nil
    try noteChild(record, height: 0)
    let anchorName = unsafe anchor.map { unsafe name($0) }
    if let anchorName { anchors[anchorName] = Anchor(index: records.count) }
    open.append(
      OpenCollection(
        index: records.count, anchor: anchorName, isMapping: kind == .mapping,
        aliasedBefore: aliasedNodeCount))
    records.append(record)
  }

  private mutating func closeCollection(_ event: UnsafePointer<yaml_event_t>) throws(YAMLError) {
    let collection = open.removeLast()
    let index = collection.index
    let end = unsafe offset(of: event.pointee.end_mark)
    records[index].next = UInt32(records.count)
    if records[index].style == .flow {
      records[index].end = end
    } else if let last = collection.lastChild {
      // libyaml ends a block where the next token begins, behind comments that are not part of it.
      records[index].end = records[last].end
    }
    let height = collection.height + 1
    if let last = open.indices.last { open[last].height = max(open[last].height, height) }
    if let name = collection.anchor, anchors[name]?.index == index {
      let nodeCount = records.count - index + aliasedNodeCount - collection.aliasedBefore
      anchors[name] = Anchor(index: index, nodeCount: nodeCount, height: height)
    }
    if collection.isMapping { try checkKeys(of: index) }
  }

  /// Tells the collection around a new node about it.
  private mutating func noteChild(
    _ record: YAMLNodeRecord, height: Int
  ) throws(YAMLError) {
    guard let last = open.indices.last else { return }
    open[last].height = max(open[last].height, height)
    open[last].lastChild = records.count
    guard open[last].isMapping else { return }
    if open[last].expectsKey, record.kind != .scalar {
      throw YAMLError(
        source: source,
        mark: YAMLMark(
          line: Int(record.line), offset: Int(record.start), in: bytes),
        problem: .keyIsNotScalar)
    }
    open[last].expectsKey.toggle()
  }

  private mutating func newRecord(
    _ event: UnsafePointer<yaml_event_t>, _ kind: YAMLNodeRecord.Kind, _ style: YAMLNode.Style
  ) -> YAMLNodeRecord {
    unsafe YAMLNodeRecord(
      kind: kind, style: style, line: UInt32(event.pointee.start_mark.line + 1),
      start: offset(of: event.pointee.start_mark), end: offset(of: event.pointee.end_mark))
  }

  private mutating func offset(of mark: yaml_mark_t) -> UInt32 {
    UInt32(cursor.offset(ofCharacter: Int(mark.index)))
  }

  private func name(_ text: UnsafeMutablePointer<yaml_char_t>) -> String {
    unsafe String(cString: text)
  }
}
