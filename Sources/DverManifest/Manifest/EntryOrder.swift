import DverCore

/// Checks that paths come in order, that none occurs twice, and that none lies below another.
///
/// A path is given without the slash that `hasSlash` stands for, which counts in the order. Paths
/// below that of a file need not follow it at once (`a`, `a-b`, `a/c`), so the checker remembers
/// which files' paths are a prefix of the path before.
struct EntryOrder {
  /// The lengths of file paths that are prefixes of the path last seen, ascending.
  private var openFiles: [Int] = []

  /// What is wrong with `current` behind `previous`, which was the argument of the call before.
  mutating func problem(
    with current: Span<UInt8>, hasSlash: Bool, after previous: Span<UInt8>, previousHasSlash: Bool
  ) -> ManifestProblem? {
    var common = commonPrefixCount(current, previous)
    func byte(_ path: Span<UInt8>, _ slash: Bool) -> UInt8? {
      if common < path.count { return path[common] }
      return slash && common == path.count ? RepositoryPath.slash : nil
    }
    var next = byte(current, hasSlash)
    var other = byte(previous, previousHasSlash)
    if next != nil, next == other {
      // One of the two slashes is only implied, so the other may be followed by more bytes.
      common += 1
      next = byte(current, hasSlash)
      other = byte(previous, previousHasSlash)
    }
    guard let other else {
      guard let next else { return .duplicate }
      if previousHasSlash { return .belowAnother }
      return accept(current, hasSlash, common: common, next: next)
    }
    guard let next, next > other else { return .order }
    return accept(current, hasSlash, common: common, next: next)
  }

  /// Starts with the first path.
  mutating func begin(with path: Span<UInt8>, hasSlash: Bool) {
    openFiles.removeAll(keepingCapacity: true)
    if !hasSlash { openFiles.append(path.count) }
  }

  private mutating func accept(
    _ current: Span<UInt8>, _ hasSlash: Bool, common: Int, next: UInt8
  ) -> ManifestProblem? {
    while let last = openFiles.last, last > common { openFiles.removeLast() }
    // Shorter ones were checked with the path before, which agrees up to `common`.
    if openFiles.last == common, next == RepositoryPath.slash { return .belowAnother }
    if !hasSlash { openFiles.append(current.count) }
    return nil
  }
}
