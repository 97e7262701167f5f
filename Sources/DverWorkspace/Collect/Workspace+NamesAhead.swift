import DverCore
import DverGit
import DverObjectStore

extension Workspace {
  /// What lists of this project name that no commit of this clone records: it was pushed from a work
  /// tree that was ahead of its commit, and the next commit there may need it.
  ///
  /// - Parameter recorded: What is kept anyway.
  func namesAhead(
    in lists: [CollectNames.List], besides recorded: KeptObjects
  ) throws -> Set<ContentName> {
    var left: Set<ContentName> = []
    for list in lists {
      for line in list.lines where !recorded.contains(line.name.digest) { left.insert(line.name) }
    }
    guard !left.isEmpty, let git = try git() else { return left }
    var folders: Set<ContentName> = []
    // A list may name a commit that no reference leads to.
    let named = lists.compactMap { list in
      list.commit.flatMap { GitObjectID(hex: $0) }.flatMap { try? git.commit($0) }
    }
    // What a partial clone lacks records nothing, and what was pushed then stays.
    try walkCatalogFiles(of: named + git.allCommits(), in: git) { _, text in
      for name in Self.recordedNames(in: text) {
        left.remove(name)
        if name.isDirectory { folders.insert(name) }
      }
      return !left.isEmpty
    }
    guard left.contains(where: { !$0.isDirectory }) else { return left }
    // Of a part of a directory, the list names the files.
    var marker = CollectMarker()
    for name in folders { marker.addIfReadable(name, manifests: manifests) }
    let members = KeptObjects(marker.objects)
    return left.filter { $0.isDirectory || !members.contains($0.digest) }
  }
}
