package import DverCore
package import DverFileSystem

/// Where a dependency or a parameter file lies.
package enum DependencyPath: Hashable, Sendable {
  case inside(RepositoryPath)
  /// Outside the workspace: read, but never the output of a stage.
  case outside(AbsolutePath)

  /// Resolves `written` as a stage in `directory` of the workspace at `root` means it.
  init(_ written: [UInt8], in directory: RepositoryPath, root: AbsolutePath) {
    if Self.isPlain(written) {
      self = .inside(directory.appending(written))
      return
    }
    let absolute = AbsolutePath(written, relativeTo: root.appending(directory))
    if let path = absolute.relative(to: root) {
      self = .inside(path)
    } else {
      self = .outside(absolute)
    }
  }

  /// Whether `written` is relative and in normal form, as nearly all paths are.
  private static func isPlain(_ written: [UInt8]) -> Bool {
    // The count of bytes since the last slash, and whether they are dots alone.
    var (count, isDots) = (0, true)
    for byte in written {
      if byte == RepositoryPath.slash {
        if count == 0 || isDots { return false }
        (count, isDots) = (0, true)
      } else {
        count += 1
        if byte != UInt8(ascii: ".") { isDots = false }
      }
    }
    return count > 0 && !isDots
  }

  package var insidePath: RepositoryPath? {
    if case .inside(let path) = self { path } else { nil }
  }
}

extension DependencyPath: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inside(let path): path.description
    case .outside(let path): path.description
    }
  }
}
