import DverCore
import DverFileSystem
import DverGit

extension Workspace {
  /// Refuses what needs files, or a place to write.
  ///
  /// - Parameter toCompare: Whether revisions would do.
  /// - Throws: ``WorkspaceError/noWorkTree(_:)``, ``WorkspaceError/bareRepository(_:)``.
  func requireWorkTree(toCompare: Bool = false) throws {
    guard let bare else { return }
    throw toCompare
      ? WorkspaceError.noWorkTree(bare.shown) : WorkspaceError.bareRepository(bare.shown)
  }

  /// Whether something is at a path of the workspace, or of what stands in for it.
  func hasFile(at path: RepositoryPath) throws -> Bool {
    guard let bare else { return try FileSystem.exists(root.appending(path)) }
    guard let head = bare.head else { return false }
    return try bare.git.entry(at: bare.prefix.gitPath(path), in: head.tree) != nil
  }
}

extension BareRepository {
  /// What is tracked in HEAD; nothing before its first commit.
  func catalog(in workspace: Workspace) throws -> Catalog {
    guard let head else { return try Catalog(CatalogFiles()) }
    return try workspace.catalog(of: head, in: git)
  }

  /// HEAD, where nothing else can be read.
  func requiredHead() throws -> GitRevision {
    guard let head else { throw Self.unborn(shown) }
    return head
  }
}
