package import DverCore

extension ManifestMerge {
  /// The result, made from our version.
  ///
  /// - Parameters:
  ///   - ours: All entries of our version; there must be no conflicts left.
  ///   - target: Finds the target of a link of another version.
  package func applied(
    to ours: EntryTable, target: (Source, _ path: [UInt8]) throws -> [UInt8]
  ) rethrows -> EntryTable {
    precondition(conflicts.isEmpty)
    let removed = edits.filter { $0.side == nil }
    let kept = edits.filter { $0.side != nil }
    var news = Set(kept.filter { !$0.isFolder }.map(\.path))
    for edit in kept { news.formUnion(ManifestMergeRoots.parents(of: edit.path)) }
    var added = EntryTable()
    for edit in kept {
      guard let side = edit.side else { continue }
      if edit.isFolder, news.contains(edit.path) || isOccupied(edit.path, ours, removed) {
        continue
      }
      added.append(
        path: edit.path, kind: side.kind, digest: side.digest, size: side.size,
        target: side.kind == .link ? try target(edit.source, edit.path) : nil)
    }
    return ours.replacing(removed.map { RepositoryPath(normalized: $0.path) }, with: added)
  }

  /// Whether something of ours stays below a folder that the other side found empty.
  private func isOccupied(
    _ folder: [UInt8], _ ours: EntryTable, _ removed: [Edit]
  ) -> Bool {
    let present = ours.entries(at: RepositoryPath(normalized: folder))
    guard !present.isEmpty else { return false }
    let gone = Set(removed.map(\.path))
    return (0..<present.count).contains { index in
      let path = Array(present.paths[index])
      return path.count > folder.count && !gone.contains(path)
    }
  }
}
