import DverCore
import DverFileSystem
import DverObjectStore

extension Workspace {
  /// The operations that need one of some objects to be taken back or repeated, by the root of the work
  /// tree whose they are; this one's first, those without any left out.
  func endedOperations(
    by deleted: [Digest]
  ) throws -> [(root: AbsolutePath, operations: [Int])] {
    guard !deleted.isEmpty else { return [] }
    let gone = KeptObjects(deleted)
    var seen: Set<AbsolutePath> = []
    // Another index makes no other work tree.
    let workspaces = try workspacesOfRepository().filter { seen.insert($0.root).inserted }
    return try workspaces.compactMap { workspace in
      let ended = try workspace.operations.finished().filter { $0.record.needs(gone) }
      let groups = Set(ended.map(\.record.group)).sorted()
      return groups.isEmpty ? nil : (root: workspace.root, operations: groups)
    }
  }
}

extension OperationRecord {
  /// Whether it can be taken back or repeated only with one of some objects.
  fileprivate func needs(_ objects: KeptObjects) -> Bool {
    // What a text names before and after is none of the operation's doing.
    let names = recordedNames(\.old).symmetricDifference(recordedNames(\.new))
    let contents = data.flatMap { [$0.old.name, $0.new.name] }.compactMap { $0?.digest }
    let roots = manifests.flatMap { [$0.old, $0.new] }.compactMap(\.self)
    return (names.map(\.digest) + contents + roots).contains { objects.contains($0) }
  }

  private func recordedNames(_ side: KeyPath<TextChange, [UInt8]?>) -> Set<ContentName> {
    Set(
      texts.filter { Workspace.isCatalogFile($0.path.bytes[...]) }
        .flatMap { Workspace.recordedNames(in: $0[keyPath: side] ?? []) })
  }
}
