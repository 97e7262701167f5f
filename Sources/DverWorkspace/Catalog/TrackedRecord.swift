import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore

/// What was tracked when dver last made the workspace agree, so that a later checkout can take away
/// what a revision no longer tracks.
///
/// A text file in `.dver/state`: one `NAME PATH` a line, sorted by path.
extension Workspace {
  private var trackedFile: AbsolutePath { stateFolder.appending("tracked") }

  func rememberTracked(_ catalog: Catalog) throws {
    let hidden = try readTracked().filter {
      catalog.touchesClosedFolder($0.path) && catalog.output(at: $0.path) == nil
    }
    let present = catalog.outputs.compactMap { output in
      output.name.map { (name: $0, path: output.path) }
    }
    let items = (present + hidden).sorted { $0.path < $1.path }
    // First: what a cache is told at the beginning depends on whether data was here before.
    try noteInSharedCache(items)
    try writeTracked(items)
  }

  /// Takes down more paths beside those that are known.
  func rememberTracked(_ added: [(name: ContentName, path: RepositoryPath)]) throws {
    let paths = Set(added.map(\.path))
    let items = try readTracked().filter { !paths.contains($0.path) } + added
    // Files may be links into the cache by now.
    try noteInSharedCache(added)
    try writeTracked(items.sorted { $0.path < $1.path })
  }

  /// Leaves paths to the user, so that no checkout takes them away.
  func forgetTracked(_ paths: [RepositoryPath]) throws {
    let (known, forgotten) = (try readTracked(), Set(paths))
    let kept = known.filter { !forgotten.contains($0.path) }
    if kept.count < known.count { try writeTracked(kept) }
  }

  private func writeTracked(_ items: [(name: ContentName, path: RepositoryPath)]) throws {
    var text: [UInt8] = []
    for item in items {
      text.append(contentsOf: "\(item.name) \(PathQuoting.quoted(item.path.bytes))\n".utf8)
    }
    try FileSystem.makeDirectories(stateFolder)
    try FileSystem.replaceContents(of: trackedFile, with: text)
  }

  /// Whether data has ever been in place here.
  func hasTracked() throws -> Bool { try FileSystem.exists(trackedFile) }

  func readTracked() throws -> [(name: ContentName, path: RepositoryPath)] {
    guard let text = try FileSystem.contents(of: trackedFile) else { return [] }
    return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let blank = line.firstIndex(of: UInt8(ascii: " ")),
        let name = ContentName(String(decoding: line[..<blank], as: UTF8.self)),
        let path = PathQuoting.unquote(Array(line[(blank + 1)...]).span)
          .flatMap({ RepositoryPath($0) })
      else { return nil }
      return (name, path)
    }
  }

  /// Removes what was tracked and is no longer, where it is unchanged and the cache has it.
  func removeUntracked(_ catalog: Catalog, options: CheckoutOptions) throws -> CheckoutSummary {
    var summary = CheckoutSummary()
    for (name, path) in try readTracked() {
      guard !catalog.touchesClosedFolder(path),
        catalog.output(containing: path) == nil, catalog.outputs(inside: path).isEmpty,
        try FileSystem.exists(root.appending(path))
      else { continue }
      if let stage = try runningStage(writing: path) {
        warnLeftAlone(path, stage)
        continue
      }
      // What lies behind a link is not this workspace's to delete.
      if try isBelowLink(path) {
        notices.warning(
          "\(displayed(path)) is no longer tracked, but lies below a symbolic link, so it stays")
        continue
      }
      if let git = try git(), try git.isTracked(gitPrefix(in: git).gitPath(path)) { continue }
      let content = try ContentScanner(workspace: self).content(of: path)
      guard let found = content.name, found == name, let store = try cacheIfPresent() else {
        notices.warning("\(displayed(path)) is no longer tracked, but changed, so it stays")
        continue
      }
      let task = Checkout(
        workspace: self, path: path, store: store,
        placement: Placement(from: store, types: LinkType.standard), options: options)
      let (present, stamps) = content.entries
      try saveNodes(of: content)
      let removed = try task.run(
        present: present, presentStamps: stamps, desired: EntryTable(), keepsFolder: false
      ).summary
      summary.add(removed)
      try summary.attempt(.remove, displayed(path)) { _ in
        _ = try FileSystem.removeEmptyDirectory(root.appending(path))
      }
      let isGone = removed.isComplete
      noteData(
        path, from: DataState(content), to: isGone ? .missing : .unknown, command: "dver checkout")
    }
    return summary
  }
}
