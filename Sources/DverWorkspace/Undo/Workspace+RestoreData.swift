import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

extension Workspace {
  /// What is at a path now.
  func dataState(of path: RepositoryPath) throws -> DataState {
    let content = try ContentScanner(workspace: self).content(of: path)
    if case .missing = content, let target = try linkTargetOfData(at: path) {
      return .link(SHA256.digest(of: target.span))
    }
    return DataState(content)
  }

  private func linkTargetOfData(at path: RepositoryPath) throws -> [UInt8]? {
    let absolute = root.appending(path)
    guard try FileSystem.status(of: absolute)?.isLink == true else { return nil }
    return try FileSystem.destination(ofLink: absolute)
  }

  /// Makes a path hold what it held once, after putting what it holds now into the cache.
  func restoreData(_ change: DataChange, command: String) throws {
    let content = try saveContent(of: change.path)
    var present = DataState(content)
    let absolute = root.appending(change.path)
    if case .missing = content, let target = try linkTargetOfData(at: change.path) {
      present = try saveLink(target)
      if present != change.new {
        try cache().settle()
        try FileSystem.removeFile(absolute)
      }
    }
    guard !present.isSame(as: change.new) else { return }
    // Before anything leads there: a record of the past is no reason for others to keep it.
    try noteInSharedCache(change.new.name.map { [(name: $0, path: change.path)] } ?? [])
    var options = CheckoutOptions()
    options.command = nil
    if let record = change.new.record {
      let output = TrackedOutput(restoring: record, at: change.path)
      try FileSystem.makeDirectories(absolute.parent)
      try refuse(
        try checkout([Selection(output: output, part: nil)], options: options), options: options)
    } else {
      try clear(change.path, content, options)
      if case .link(let digest) = change.new {
        try FileSystem.makeDirectories(absolute.parent)
        try FileSystem.makeSymbolicLink(to: cache().read(digest), at: absolute)
      }
    }
    noteData(change.path, from: present, to: change.new, command: command)
  }

  private func clear(
    _ path: RepositoryPath, _ content: WorkspaceContent, _ options: CheckoutOptions
  ) throws {
    guard content.name != nil else { return }
    let store = try cache()
    let task = Checkout(
      workspace: self, path: path, store: store,
      placement: Placement(from: store, types: LinkType.standard), options: options)
    let (present, stamps) = content.entries
    let outcome = try task.run(
      present: present, presentStamps: stamps, desired: EntryTable(), keepsFolder: false)
    try refuse(outcome.summary, options: options)
    try FileSystem.removeEmptyDirectory(root.appending(path))
  }
}
