/// A value in a document: a scalar, a list or a mapping.
///
/// An alias is the node that it stands for, except for its ``mark``. A node is an index into its
/// document, so it is cheap to pass on and keeps the whole document alive.
package struct YAMLNode: Sendable {
  package enum Kind: Sendable {
    case scalar
    case sequence
    case mapping
  }

  /// How the node is written.
  package enum Style: UInt8, Sendable {
    case plain
    case singleQuoted
    case doubleQuoted
    case literal
    case folded
    case block
    case flow
  }

  package let document: YAMLDocument
  /// The record at the place where the node is used: an alias or the node itself.
  let site: Int
  /// The record that holds the value.
  let index: Int

  init(document: YAMLDocument, site: Int) {
    self.document = document
    self.site = site
    let record = document.records[site]
    index = record.kind == .alias ? Int(record.next) : site
  }

  var record: YAMLNodeRecord { document.records[index] }

  package var kind: Kind {
    switch record.kind {
    case .sequence: .sequence
    case .mapping: .mapping
    case .scalar, .alias: .scalar
    }
  }

  package var style: Style { record.style }
  package var isAlias: Bool { site != index }

  /// Where the node is used.
  package var mark: YAMLMark {
    let record = document.records[site]
    return YAMLMark(line: Int(record.line), offset: Int(record.start), in: document.bytes)
  }

  /// The line where the node is used, from 1; unlike `mark` it costs nothing.
  package var line: Int { Int(document.records[site].line) }

  /// The bytes of the source that the node takes where it is used, without what follows it in its
  /// last line.
  package var range: Range<Int> {
    let record = document.records[site]
    return Int(record.start)..<Int(record.end)
  }

  /// The text of a scalar, whatever its type; empty for a collection.
  package var textBytes: ArraySlice<UInt8> {
    let record = record
    let start = Int(record.textStart)
    let end = start + Int(record.textCount)
    return record.isDecoded ? document.decodedText[start..<end] : document.bytes[start..<end]
  }

  /// The text of a scalar, whatever its type; empty for a collection.
  package var text: String { String(decoding: textBytes, as: UTF8.self) }

  /// The value of a scalar; `nil` for a collection, and where a tag demands another type than the
  /// text has.
  package var scalar: YAMLScalar? {
    let record = record
    guard record.kind == .scalar else { return nil }
    let text = textBytes
    switch record.tag {
    case .string, .sequence, .mapping: return .string(YAMLScalar.string(text))
    case .none:
      guard record.style == .plain else { return .string(YAMLScalar.string(text)) }
      return document.isOldVersion ? YAMLScalar(oldPlain: text) : YAMLScalar(plain: text)
    case .integer: return YAMLScalar.whole(text)
    case .double: return YAMLScalar.double(text).map(YAMLScalar.double)
    case .bool: return YAMLPlainKind(text) == .bool ? YAMLScalar(plain: text) : nil
    case .null: return YAMLPlainKind(text) == .null ? .null : nil
    }
  }

  /// The text of a scalar of type string; `nil` for every other node.
  package var string: String? {
    guard case .string(let text) = scalar else { return nil }
    return text
  }

  package var isNull: Bool { scalar == .null }

  /// The items of a list; empty for every other node.
  package var items: [YAMLNode] { record.kind == .sequence ? children : [] }

  /// The nodes directly below: items, or keys and values in turn.
  var children: [YAMLNode] {
    var nodes: [YAMLNode] = []
    var child = index + 1
    let end = Int(record.next)
    while child < end {
      nodes.append(YAMLNode(document: document, site: child))
      let record = document.records[child]
      child = record.kind == .alias ? child + 1 : Int(record.next)
    }
    return nodes
  }
}
