import DverCore
import DverYAML

/// A file of parameters, such as `params.yaml`.
package struct ParameterFile: Sendable {
  /// All of it: a map, or null for an empty file.
  package let root: ParameterValue

  /// Reads YAML, or JSON, which is YAML too.
  ///
  /// - Parameter source: The name of the file, whose ending tells the format.
  /// - Throws: `YAMLError`, or `FileFormatError` for a file that is no map or of another format.
  package init(bytes: [UInt8], source: String) throws {
    for ending in [".toml", ".py"] where source.hasSuffix(ending) {
      throw Self.error("\(ending.dropFirst()) parameter files are not supported yet", source)
    }
    guard let node = try YAMLDocument.parse(bytes: bytes, source: source).root, !node.isNull else {
      root = .null
      return
    }
    guard node.kind == .mapping else {
      throw Self.error("expected a mapping of parameters", source)
    }
    root = ParameterValue(node)
  }

  /// The value of a dotted key such as `train.layers[0]` or `train.layers.0`; `nil` where there is
  /// none. A key that itself holds dots counts where the steps lead nowhere.
  package func value(at key: String) -> ParameterValue? {
    let steps = key.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "[" }
      .map { $0.hasSuffix("]") ? $0.dropLast() : $0 }
    let found = steps.reduce(Optional(root)) { value, step in value?.member(String(step)) }
    return found ?? root.member(key)
  }

  private static func error(_ text: String, _ source: String) -> FileFormatError {
    FileFormatError(
      source: source,
      problems: [.init(line: 1, column: 1, keyPath: "", text: text, hint: nil)])
  }
}

extension ParameterValue {
  /// The member of a map with this key, or the item of a list with this number.
  fileprivate func member(_ step: String) -> ParameterValue? {
    switch self {
    case .map(let members): return members.first { $0.key == step }?.value
    case .list(let items):
      guard let position = Int(step), items.indices.contains(position) else { return nil }
      return items[position]
    default: return nil
    }
  }
}
