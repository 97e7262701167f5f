import DverCore
import DverYAML

/// A file of parameters, such as `params.yaml`.
package struct ParameterFile: Sendable {
  /// All of it: a map, or null for an empty file.
  package let root: ParameterValue
  /// ``root`` without the keys that are no text, which templates cannot name.
  let templateRoot: ParameterValue
  /// ``root``, to find values in without looking at all keys.
  private let lookup: TemplateValue

  /// Reads YAML, JSON, TOML or Python.
  ///
  /// - Parameter source: The name of the file, whose ending tells the format; YAML if it is none
  ///   of the others.
  /// - Throws: ``FileFormatError`` or `YAMLError`, also for a file that is no map.
  package init(bytes: [UInt8], source: String) throws {
    let name = source.lowercased()
    if name.hasSuffix(".json") {
      root = try JSONReader.read(bytes, source: source)
    } else if name.hasSuffix(".toml") {
      root = try TOMLReader.read(bytes, source: source)
    } else if name.hasSuffix(".py") {
      root = try PythonReader.read(bytes, source: source)
    } else {
      let node = try YAMLDocument.parse(bytes: bytes, source: source, allowsOldVersion: true).root
      let all = node.map { ParameterValue($0) } ?? .null
      try Self.check(all, source)
      root = all
      templateRoot = node.map { $0.hasOtherKeys ? $0.textKeyed : all } ?? .null
      lookup = TemplateValue(all, source: 0)
      return
    }
    try Self.check(root, source)
    templateRoot = root
    lookup = TemplateValue(root, source: 0)
  }

  private static func check(_ root: ParameterValue, _ source: String) throws {
    switch root {
    case .null, .map, .list([]): return
    default:
      throw FileFormatError(source: source, line: 1, "expected a mapping of parameters")
    }
  }

  /// The value of a dotted key such as `train.layers[0]` or `train.layers.0`; `nil` where there is
  /// none. A key that itself holds dots counts where the steps lead nowhere.
  package func value(at key: String) -> ParameterValue? {
    let steps = key.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "[" }
      .map { $0.hasSuffix("]") ? $0.dropLast() : $0 }
    let found = steps.reduce(Optional(lookup)) { value, step in value?.member(String(step)) }
    return (found ?? lookup.member(key))?.parameter
  }
}

extension FileFormatError {
  /// The one thing that is wrong with a file.
  init(source: String, line: Int, column: Int = 1, _ text: String) {
    self.init(
      source: source,
      problems: [Problem(line: line, column: column, keyPath: "", text: text, hint: nil)])
  }
}

extension TemplateValue {
  /// The member of a map with this key, or the item of a list with this number.
  fileprivate func member(_ step: String) -> TemplateValue? {
    switch content {
    case .map(let map): return map[step]
    case .list(let items):
      guard let position = Int(step), items.indices.contains(position) else { return nil }
      return items[position]
    case .scalar: return nil
    }
  }
}

extension YAMLNode {
  /// Whether a key in or below the node is no text.
  fileprivate var hasOtherKeys: Bool {
    switch kind {
    case .scalar: false
    case .sequence: items.contains(where: \.hasOtherKeys)
    case .mapping: pairs.contains { $0.key.string == nil || $0.value.hasOtherKeys }
    }
  }

  fileprivate var textKeyed: ParameterValue {
    switch kind {
    case .scalar: ParameterValue(self)
    case .sequence: .list(items.map(\.textKeyed))
    case .mapping:
      .map(
        pairs.compactMap { pair in
          pair.key.string.map { ParameterValue.Member(key: $0, value: pair.value.textKeyed) }
        })
    }
  }
}
