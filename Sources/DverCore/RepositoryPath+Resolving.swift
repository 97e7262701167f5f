extension RepositoryPath {
  /// The path that `relative` names from this folder; `nil` where it is absolute or leads out of
  /// the workspace.
  package func resolving(_ relative: [UInt8]) -> RepositoryPath? {
    if Self.isPlain(relative) { return appending(relative) }
    guard relative.first != Self.slash, !relative.contains(0) else { return nil }
    var parts = components.map { Array($0) }
    for component in relative.split(separator: Self.slash) {
      if component.elementsEqual(".".utf8) { continue }
      if component.elementsEqual("..".utf8) {
        guard parts.popLast() != nil else { return nil }
        continue
      }
      parts.append(Array(component))
    }
    return RepositoryPath(normalized: Array(parts.joined(separator: [Self.slash])))
  }

  /// Whether a path is in normal form, as nearly all are, and no component is made of dots.
  private static func isPlain(_ path: [UInt8]) -> Bool {
    var (count, isDots) = (0, true)
    for byte in path {
      if byte == 0 { return false }
      if byte == slash {
        if count == 0 || isDots { return false }
        (count, isDots) = (0, true)
      } else {
        count += 1
        if byte != UInt8(ascii: ".") { isDots = false }
      }
    }
    return count > 0 && !isDots
  }
}
