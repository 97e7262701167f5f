package import DverCore

/// Where a workspace lies in its git repository, to convert between the paths of both.
package struct GitPathPrefix: Hashable, Sendable {
  /// The workspace's folder, counted from the work tree; empty where they are the same.
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The path in git of a workspace path.
  package func gitPath(_ path: RepositoryPath) -> [UInt8] {
    path.isRoot ? bytes : bytes.isEmpty ? path.bytes : joined(bytes, path.bytes)
  }

  /// The workspace path of a path in git; `nil` where it lies outside of the workspace.
  package func workspacePath(_ path: some Collection<UInt8>) -> RepositoryPath? {
    RepositoryPath(normalized: Array(path)).relative(to: RepositoryPath(normalized: bytes))
  }
}

extension GitRepository {
  /// Where `directory` lies in the work tree; `nil` where it lies outside or does not exist.
  package func prefix(of directory: [UInt8]) -> GitPathPrefix? {
    guard let workTree, let real = realPath(directory), let root = realPath(workTree)
    else { return nil }
    if real == root { return GitPathPrefix([]) }
    let start = withTrailingSlash(root)
    return real.starts(with: start) ? GitPathPrefix(Array(real.dropFirst(start.count))) : nil
  }
}
