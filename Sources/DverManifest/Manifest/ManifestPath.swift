import DverCore

/// What paths a manifest may hold.
package enum ManifestPath {
  /// The longest path from the data set's folder on, and the longest link target: what Linux takes
  /// in one call. It also bounds how deeply nodes nest.
  package static let maximumByteCount = 4095

  /// What is wrong with `path`, which has no slash at its end; `nil` if nothing is.
  static func problem(with path: Span<UInt8>) -> ManifestProblem? {
    guard !path.isEmpty else { return .pathEmpty }
    guard path.count <= maximumByteCount else { return .pathLength }
    var start = 0
    for index in path.indices {
      let byte = path[index]
      guard byte <= RepositoryPath.slash else { continue }
      if byte == 0 { return .pathNull }
      guard byte == RepositoryPath.slash else { continue }
      if let problem = problem(withComponent: path, start, index) { return problem }
      start = index + 1
    }
    return problem(withComponent: path, start, path.count)
  }

  /// What is wrong with the component of `path` from `start` up to `end`.
  private static func problem(
    withComponent path: Span<UInt8>, _ start: Int, _ end: Int
  ) -> ManifestProblem? {
    guard start < end else { return .pathComponent }
    guard path[start] == UInt8(ascii: ".") else { return nil }
    let count = end - start
    if count == 1 || (count == 2 && path[start + 1] == UInt8(ascii: ".")) {
      return .pathComponent
    }
    let component = path.extracting(start..<end)
    if equals(component, ".git") || equals(component, ".dver") { return .pathReserved }
    return nil
  }

  private static func equals(_ component: Span<UInt8>, _ word: StaticString) -> Bool {
    guard component.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      for index in component.indices {
        guard unsafe component[index] == word[index] else { return false }
      }
      return true
    }
  }
}
