/// A key of a mapping and its value.
package typealias YAMLPair = (key: YAMLNode, value: YAMLNode)

extension YAMLNode {
  /// The pairs of a mapping in the order of the text; empty for every other node.
  ///
  /// What `<<` merges comes first, as far as the mapping has no such key of its own; of several
  /// merged mappings the first one with a key gives its value.
  package var pairs: [YAMLPair] {
    let own = ownPairs
    guard record.hasMerge else { return own }
    let explicit = own.filter { !$0.key.isMerge }
    var known = Set(explicit.map { Array($0.key.textBytes) })
    var pairs: [YAMLPair] = []
    for merge in own where merge.key.isMerge {
      for mapping in merge.value.kind == .mapping ? [merge.value] : merge.value.items {
        pairs += mapping.pairs.filter { known.insert(Array($0.key.textBytes)).inserted }
      }
    }
    return pairs + explicit
  }

  /// The value of the key spelled `key`; `nil` where there is none or the node is no mapping.
  package subscript(key: String) -> YAMLNode? {
    if !record.hasMerge {
      return ownPairs.first { $0.key.textBytes.elementsEqual(key.utf8) }?.value
    }
    return pairs.first { $0.key.textBytes.elementsEqual(key.utf8) }?.value
  }

  /// The pairs that stand in the mapping itself, `<<` among them.
  var ownPairs: [YAMLPair] {
    guard record.kind == .mapping else { return [] }
    var pairs: [YAMLPair] = []
    let records = document.records
    var key = index + 1
    let end = Int(record.next)
    func behind(_ child: Int) -> Int {
      records[child].kind == .alias ? child + 1 : Int(records[child].next)
    }
    while key < end {
      let value = behind(key)
      pairs.append(
        (
          key: YAMLNode(document: document, site: key),
          value: YAMLNode(document: document, site: value)
        ))
      key = behind(value)
    }
    return pairs
  }

  private var isMerge: Bool {
    record.style == .plain && record.tag == .none
      && textBytes.elementsEqual([UInt8(ascii: "<"), UInt8(ascii: "<")])
  }
}
