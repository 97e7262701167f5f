import DverCore
import DverManifest
import DverObjectStore

/// Merges what three versions of a pointer say of one path.
struct PointerOutputMerge {
  enum Outcome {
    case merged(PointerOutputMerge)
    case undecided([ResolveConflict])
  }

  let resolver: PointerResolver
  let base: TrackedOutput?
  let ours: TrackedOutput
  let theirs: TrackedOutput
  let transaction: StoreTransaction
  /// The result; its path says nothing.
  private(set) var record: OutputRecord?
  /// Whether the nodes of the result were stored.
  private(set) var isStored = false

  init(
    resolver: PointerResolver, base: TrackedOutput?, ours: TrackedOutput, theirs: TrackedOutput,
    transaction: StoreTransaction
  ) {
    self.resolver = resolver
    (self.base, self.ours, self.theirs) = (base, ours, theirs)
    self.transaction = transaction
  }

  func run(_ selection: inout ResolveSelection) throws -> Outcome {
    if ours.name == theirs.name { return merged(ours.record) }
    if let base, base.name == ours.name { return merged(theirs.record) }
    if let base, base.name == theirs.name { return merged(ours.record) }
    var reason = resolver.baseProblem
    if reason == nil, let mine = ours.name?.directoryDigest,
      let other = theirs.name?.directoryDigest
    {
      do {
        return try mergeEntries(mine, other, &selection)
      } catch let error as ManifestLookupError {
        reason = error.message
      }
    }
    if let side = selection.side(of: ours.path, in: resolver.path, resolver.conflict) {
      return merged(side == .ours ? ours.record : theirs.record)
    }
    let conflict = resolver.conflict(
      .data(ours.path), action(ours), action(theirs), reason: reason)
    return .undecided([conflict])
  }

  private func action(_ output: TrackedOutput) -> String {
    let isOtherKind = ours.name?.isDirectory != theirs.name?.isDirectory
    guard !isOtherKind else { return output.name?.isDirectory == true ? "folder" : "file" }
    return base == nil ? "added" : "modified"
  }

  /// Takes the content of `record`, with the executable bit of the side that changed it.
  private func merged(_ record: OutputRecord) -> Outcome {
    var (result, taken) = (self, record)
    if let base, record.name?.isDirectory == false {
      let (old, mine) = (base.record.isExecutable, ours.record.isExecutable)
      taken.isExecutable = mine == old ? theirs.record.isExecutable : mine
    }
    result.record = taken
    return .merged(result)
  }

  // MARK: Directories

  private func mergeEntries(
    _ mine: Digest, _ other: Digest, _ selection: inout ResolveSelection
  ) throws -> Outcome {
    let files = resolver.workspace.manifests
    let (left, right) = (files.reader(of: ours.path), files.reader(of: theirs.path))
    let root = base?.name?.directoryDigest
    let old = files.reader(of: base?.path ?? ours.path)
    func changes(_ digest: Digest, _ reader: ManifestReader) throws -> ManifestChanges {
      if let root { return try ManifestDiff.changes(from: root, old, to: digest, reader) }
      return ManifestDiff.changes(from: EntryTable(), to: try reader.entries(of: digest))
    }
    let (path, conflict) = (resolver.path, resolver.conflict)
    let merge = ManifestMerge(ours: try changes(mine, left), theirs: try changes(other, right)) {
      selection.side(of: ours.path.appending($0), in: path, conflict)?.choice
    }
    guard merge.conflicts.isEmpty else {
      return .undecided(
        merge.conflicts.map {
          resolver.conflict(
            .data(ours.path.appending($0.path)), $0.ours.rawValue, $0.theirs.rawValue)
        })
    }
    let entries = try merge.applied(to: try left.entries(of: mine)) { source, path in
      let (reader, digest) = source == .theirs ? (right, other) : (old, root ?? mine)
      let found = try reader.entries(of: digest, at: RepositoryPath(normalized: path))
      return found.targets[0] ?? []
    }
    let summary = try files.store(entries, in: transaction)
    var result = self
    result.isStored = true
    result.record = OutputRecord(
      path: [], name: ContentName(digest: summary.digest, isDirectory: true),
      size: summary.byteCount, fileCount: summary.fileCount)
    return .merged(result)
  }
}
