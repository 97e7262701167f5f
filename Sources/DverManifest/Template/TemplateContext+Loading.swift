import DverCore
import DverYAML

extension TemplateContext {
  static let defaultFile = "params.yaml"

  /// Loads `params.yaml` of the definition's folder, if it is there.
  mutating func loadDefaultFile() throws {
    if try library.exists(Self.defaultFile) { try load(file: Self.defaultFile, from: "") }
  }

  /// Loads the items of `vars`: names of files, of keys in files, and maps of values.
  ///
  /// - Parameters:
  ///   - folder: What names of files count from, itself counted from the definition's folder.
  ///   - owner: The stage that has the `vars`, for messages.
  mutating func load(_ vars: DefinitionNode, from folder: String, owner: String?) throws {
    for (position, item) in vars.items.enumerated() {
      guard item.kind == .mapping else {
        try load(file: item.text, from: folder)
        continue
      }
      let source = library.newSource((owner.map { "\($0)." } ?? "") + "vars[\(position)]")
      guard case .map(let map) = TemplateValue(item, source: source).content else { continue }
      try merge(map, by: nil)
    }
  }

  /// - Parameter item: A path, or a path, a colon and keys with commas between them.
  private mutating func load(file item: String, from folder: String) throws {
    let parts = item.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let path = Self.normalized(String(parts[0]), in: folder)
    let isPartial = parts.count > 1 && !parts[1].isEmpty
    let keys = isPartial ? parts[1].split(separator: ",").map(String.init) : nil
    if let known = loaded[path] {
      if known == nil, keys?.isEmpty ?? true { return }
      try refuseOverlap(of: keys, with: known, item)
    }
    let values = try library.values(of: path, keys: keys)
    try merge(values, by: item)
    if let known = loaded[path] {
      loaded[path] = .some(known.map { $0 + (keys ?? []) })
    } else {
      loaded[path] = .some(keys)
    }
  }

  private func refuseOverlap(
    of keys: [String]?, with known: [String]?, _ item: String
  ) throws(TemplateProblem) {
    guard let known else { throw .loadedWhole(item) }
    guard let keys, !keys.isEmpty, Set(keys).isDisjoint(with: known) else {
      throw .loadedInPart(item)
    }
  }

  /// `path` as one in `folder` means it, with no empty component, `.` or inner `..`.
  static func normalized(_ path: String, in folder: String) -> String {
    let joined = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    let isAbsolute = joined.hasPrefix("/")
    var parts: [Substring] = []
    for part in joined.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let text = parts.joined(separator: "/")
    return isAbsolute ? "/\(text)" : text.isEmpty ? "." : text
  }
}

extension TemplateValue {
  /// The value of a node of inline `vars`; keys that are no text are left out, for nothing could
  /// name them.
  init(_ node: DefinitionNode, source: Int32, isDefined: Bool = true) {
    let content: Content =
      switch node.value {
      case .scalar(let scalar): .scalar(scalar)
      case .list(let items):
        .list(items.map { TemplateValue($0, source: source, isDefined: isDefined) })
      case .map(let pairs):
        .map(
          TemplateMap(
            pairs.compactMap { pair in
              guard case .string(let key)? = pair.key.scalar else { return nil }
              return (key, TemplateValue(pair.value, source: source, isDefined: isDefined))
            }))
      }
    self.init(content, source: source, isDefined: isDefined)
  }
}
