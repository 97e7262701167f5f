import DverCore

/// The paths that a comparison is about.
struct DataScope: Sendable {
  /// Everything at or below one of these; all paths if empty.
  private let roots: [RepositoryPath]

  init(_ roots: [RepositoryPath] = []) { self.roots = roots }

  /// Whether a path, which may have a slash behind it, is meant.
  func contains(_ path: [UInt8]) -> Bool {
    guard !roots.isEmpty else { return true }
    return roots.contains { root in
      root.isRoot
        || path.starts(with: root.bytes)
          && (path.count == root.bytes.count || path[root.bytes.count] == RepositoryPath.slash)
    }
  }

  /// Whether a tracked path is meant, or something below it may be.
  func touches(_ output: RepositoryPath) -> Bool {
    roots.isEmpty || roots.contains { output.isInside($0) || $0.isBelow(output) }
  }
}
