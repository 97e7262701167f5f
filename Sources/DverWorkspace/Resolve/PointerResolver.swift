import DverCore
import DverGit
import DverManifest
import DverObjectStore

/// Merges the versions of one pointer that is in conflict.
struct PointerResolver {
  /// One version of the pointer.
  struct Version: Sendable {
    let bytes: [UInt8]
    let file: PointerFile
    let outputs: [TrackedOutput]

    init(_ bytes: [UInt8], at path: RepositoryPath) throws {
      self.bytes = bytes
      file = try PointerFile.parse(bytes: bytes, source: path.description)
      outputs = try Catalog.outputs(of: file, at: path)
    }
  }

  let workspace: Workspace
  let path: RepositoryPath
  let conflict: GitConflict
  let base: Version?
  let ours: Version?
  let theirs: Version?
  /// Why the common version, which there is, says nothing.
  let baseProblem: String?

  init(_ file: ConflictedFile, in workspace: Workspace) throws {
    self.workspace = workspace
    (path, conflict) = (file.path, file.conflict)
    ours = try file.ours.map { try Version($0, at: file.path) }
    theirs = try file.theirs.map { try Version($0, at: file.path) }
    do {
      base = try file.base.map { try Version($0, at: file.path) }
      baseProblem = nil
    } catch let error as any DverError {
      // Git made it up from several common versions that conflict themselves.
      (base, baseProblem) = (nil, "the common version cannot be read: \(error.message)")
    }
  }

  /// The data that any version tracks.
  var data: [RepositoryPath] {
    [ours, theirs, base].flatMap { $0?.outputs.map(\.path) ?? [] }
  }

  func run(
    _ selection: inout ResolveSelection, transaction: StoreTransaction
  ) throws -> ResolveOutcome {
    guard let ours, let theirs else { return try runDeleted(&selection) }
    var merged: [PointerOutputMerge] = []
    var conflicts: [ResolveConflict] = []
    for (mine, other, old) in matches(ours, theirs) {
      let merge = PointerOutputMerge(
        resolver: self, base: old, ours: mine, theirs: other, transaction: transaction)
      switch try merge.run(&selection) {
      case .merged(let result): merged.append(result)
      case .undecided(let found): conflicts += found
      }
    }
    guard conflicts.isEmpty else { return .undecided(conflicts) }
    let side = data.first.flatMap { selection.side(of: $0, in: path, conflict) }
    guard let text = try mergedText(ours, theirs, merged, side: side) else {
      return .undecided([conflict(.file, "modified", "modified")])
    }
    return .resolved(try result(text, merged))
  }

  func conflict(
    _ subject: ResolveConflict.Subject, _ ours: String, _ theirs: String, reason: String? = nil
  ) -> ResolveConflict {
    ResolveConflict(file: path, subject: subject, ours: ours, theirs: theirs, reason: reason)
  }

  // MARK: Deleted on a side

  private func runDeleted(_ selection: inout ResolveSelection) throws -> ResolveOutcome {
    func action(_ version: Version?) -> String {
      version == nil ? (base == nil ? "absent" : "deleted") : base == nil ? "added" : "modified"
    }
    guard ours != nil || theirs != nil else { return .resolved(try result(of: nil)) }
    guard let data = data.first, let side = selection.side(of: data, in: path, conflict) else {
      let subject = data.first.map { ResolveConflict.Subject.data($0) } ?? .file
      return .undecided([conflict(subject, action(ours), action(theirs))])
    }
    return .resolved(try result(of: side == .ours ? ours : theirs))
  }

  /// One version as it is.
  private func result(of version: Version?) throws -> ResolvedFile {
    for output in version?.outputs ?? [] {
      guard let root = output.name?.directoryDigest else { continue }
      try workspace.keepNodes(of: output.path, root: root)
    }
    return file(version?.bytes, version?.outputs ?? [])
  }

  // MARK: Text

  /// Outputs of both sides that are the same one, with that of the common version.
  private func matches(
    _ ours: Version, _ theirs: Version
  ) -> [(ours: TrackedOutput, theirs: TrackedOutput, base: TrackedOutput?)] {
    if ours.outputs.count == 1, theirs.outputs.count == 1, base?.outputs.count ?? 1 == 1 {
      // Also where one side gave it another path.
      return [(ours.outputs[0], theirs.outputs[0], base?.outputs[0])]
    }
    return ours.outputs.compactMap { mine in
      guard let other = theirs.outputs.first(where: { $0.path == mine.path }) else { return nil }
      return (mine, other, base?.outputs.first { $0.path == mine.path })
    }
  }

  /// Both texts with everything but the content merged line by line; `nil` where that cannot be
  /// done, or would say something else than was merged.
  private func mergedText(
    _ ours: Version, _ theirs: Version, _ merged: [PointerOutputMerge], side: ResolveSide?
  ) throws -> [UInt8]? {
    /// The text as if the version held the merged content already.
    func updated(
      _ version: Version, _ output: (PointerOutputMerge) -> TrackedOutput?
    ) throws -> [UInt8] {
      try merged.reduce(version.bytes) { bytes, merge in
        guard let output = output(merge), var record = merge.record else { return bytes }
        record.path = output.record.path
        return try PointerFile.updating(bytes, with: record, source: path.description)
      }
    }
    let favor: GitTextMerge.Favor? = side.map { $0 == .ours ? .ours : .theirs }
    let text = try GitTextMerge.merge(
      ancestor: base.map { try updated($0, \.base) } ?? [], ours: updated(ours, \.ours),
      theirs: updated(theirs, \.theirs), favoring: favor)
    guard let text, let version = try? Version(text, at: path) else { return nil }
    let names = version.outputs.map(\.name)
    return merged.allSatisfy { names.contains($0.record?.name) } ? text : nil
  }

  private func result(_ text: [UInt8], _ merged: [PointerOutputMerge]) throws -> ResolvedFile {
    let outputs = try Version(text, at: path).outputs
    for output in outputs {
      // Nodes of what was merged are stored already; others may be in git only.
      guard let root = output.name?.directoryDigest,
        let merge = merged.first(where: { $0.record?.name == output.name }), !merge.isStored
      else { continue }
      let source = merge.theirs.name == output.name ? merge.theirs.path : merge.ours.path
      try workspace.keepNodes(of: source, root: root)
    }
    return file(text, outputs)
  }

  private func file(_ text: [UInt8]?, _ outputs: [TrackedOutput]) -> ResolvedFile {
    var file = ResolvedFile(text: text)
    file.ignored = outputs.filter(\.isCached).map(\.path)
    let present = ours?.outputs ?? []
    for output in outputs {
      let old = present.first { $0.path == output.path }?.name?.directoryDigest
      let new = output.name?.directoryDigest
      if old != nil || new != nil {
        file.manifests.append(ManifestChange(path: output.path, old: old, new: new))
      }
    }
    let kept = Set(outputs.map(\.path))
    var seen: Set<RepositoryPath> = []
    for output in [ours, theirs, base].flatMap({ $0?.outputs ?? [] }) {
      guard let root = output.name?.directoryDigest, !kept.contains(output.path),
        seen.insert(output.path).inserted
      else { continue }
      file.dropped.append(ManifestChange(path: output.path, old: root, new: nil))
    }
    return file
  }
}
