package import DverCore
package import DverFileSystem

/// Where a dependency or a parameter file lies.
package enum DependencyPath: Hashable, Sendable {
  case inside(RepositoryPath)
  /// Outside the workspace: read, but never the output of a stage.
  case outside(AbsolutePath)

  /// Resolves `written` as a stage in `directory` of the workspace at `root` means it.
  package init(_ written: [UInt8], in directory: RepositoryPath, root: AbsolutePath) {
    if let path = directory.resolving(written) {
      self = .inside(path)
      return
    }
    let absolute = AbsolutePath(written, relativeTo: root.appending(directory))
    if let path = absolute.relative(to: root) {
      self = .inside(path)
    } else {
      self = .outside(absolute)
    }
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
