/// A key of a mapping and its value.
package typealias YAMLPair = (key: YAMLNode, value: YAMLNode)

extension YAMLNode {
  /// The pairs of a mapping in the order of the text; empty for every other node.
  ///
  /// What `<<` merges comes first, of several mappings the last one. A key has the place where it
  /// first comes up, and the value of the mapping itself, else that of the first one with the key:
  /// so does the library behind DVC, and the order shows where maps become flags of a command.
  package var pairs: [YAMLPair] {
    let own = ownPairs
    guard record.hasMerge else { return own }
    var all: [YAMLPair] = []
    for merge in own where merge.key.isMerge {
      let mappings = merge.value.kind == .mapping ? [merge.value] : merge.value.items
      for mapping in mappings.reversed() { all += mapping.pairs }
    }
    all += own.filter { !$0.key.isMerge }
    var places: [[UInt8]: Int] = [:]
    var pairs: [YAMLPair] = []
    for pair in all {
      let key = Array(pair.key.textBytes)
      if let place = places[key] {
        pairs[place] = pair
      } else {
        places[key] = pairs.count
        pairs.append(pair)
      }
    }
    return pairs
  }

  /// Whether some of the pairs stand in other mappings, which `<<` merges.
  package var merges: Bool { record.hasMerge }

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
