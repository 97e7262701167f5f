import DverCore
import DverFileSystem
import DverGit
import DverManifest

extension Workspace {
  /// Lists a folder or file of the workspace or of a revision: members of tracked directories as
  /// their manifests have them, other files as they are.
  ///
  /// - Parameter path: Counted from the user's folder.
  /// - Throws: ``WorkspaceError/missing(_:)``.
  package func list(_ path: [UInt8], options: ListingOptions) throws -> Listing {
    let folder = try self.path(of: path)
    guard let name = options.revision ?? bare.map({ _ in "HEAD" }) else {
      let catalog = try catalog()
      var lister = Lister(
        self, source: .workspace, version: recordedVersion(catalog), options: options)
      lister.unrecorded = catalog.outputs.filter { $0.isCached && $0.name == nil }.map(\.path)
      return try lister.list(folder)
    }
    let git = try requiredGit(for: "ls --rev")
    let revision = try git.resolve(name)
    let prefix = gitPrefix(in: git)
    let files = try git.files(
      in: revision.tree, below: prefix.bytes, descend: { Self.isLookedInto($0, prefix) })
    var lister = Lister(
      self, source: .revision(files, prefix), version: try version(of: revision, in: git),
      options: options)
    return try lister.list(folder)
  }
}
