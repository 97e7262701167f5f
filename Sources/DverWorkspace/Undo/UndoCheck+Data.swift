import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

/// What steps find in the places of data.
extension UndoCheck {
  mutating func takeMoves(_ step: inout OperationStep) throws -> [RepositoryPath] {
    var (kept, changed): ([DataMove], [RepositoryPath]) = ([], [])
    for move in step.moves {
      let source = places[move.source] ?? move.source
      let isThere = try FileSystem.exists(workspace.root.appending(source))
      let isFree =
        try places.values.contains(move.target)
        || !FileSystem.exists(workspace.root.appending(move.target))
      // Data that is gone, or where it belongs, is not moved; all else is in the way.
      guard isThere else { continue }
      if !isFree { changed.append(move.target) }
      places[move.target] = source
      if let state = data.removeValue(forKey: move.source) { data[move.target] = state }
      kept.append(move)
    }
    step.moves = kept
    return changed
  }

  /// Makes sure that the files are somewhere that pointers would name in the end and do not name now.
  ///
  /// - Throws: ``UndoError/gone(_:command:)``.
  func requireContents(of steps: [OperationStep]) throws {
    let named = Set(presentTexts.flatMap(Workspace.recordedNames))
    for step in steps.reversed() {
      let gone = try step.texts.filter { texts[$0.path] == .some($0.new) }.flatMap { text in
        try outputs(of: text).filter { output in
          guard let name = output.name, !name.isDirectory, !named.contains(name) else {
            return false
          }
          return try isNowhere(output, name)
        }
      }
      guard gone.isEmpty else {
        throw UndoError.gone(
          gone.map { "the data of \(workspace.displayed($0.path))" }, command: step.command)
      }
    }
  }

  /// What a pointer would track that is not the one that HEAD has: git gives that back as well.
  private func outputs(of text: TextChange) throws -> [TrackedOutput] {
    guard let new = text.new, text.path.hasSuffix(CatalogFiles.pointerSuffix),
      let pointer = try? PointerFile.parse(bytes: new, source: "")
    else { return [] }
    if let git = try workspace.git(),
      try git.headBlob(at: workspace.gitPrefix(in: git).gitPath(text.path)) == new
    {
      return []
    }
    return try Catalog.outputs(of: pointer, at: text.path).filter(\.isCached)
  }

  /// Whether content is neither in the cache nor in its place, nor where it may have been pushed to.
  private func isNowhere(_ output: TrackedOutput, _ name: ContentName) throws -> Bool {
    if try workspace.cacheIfPresent()?.contains(name.digest) == true { return false }
    if try state(of: output.path).isSame(as: DataState(output.record)) { return false }
    return try !workspace.mayBeInRemote(name.digest)
  }

  func state(of path: RepositoryPath) throws -> DataState {
    if let known = data[path] { return known }
    return try workspace.dataState(of: places[path] ?? path)
  }

  private func entriesOnDisk(at path: RepositoryPath) throws -> (EntryTable, [FileStamp]) {
    try ContentScanner(workspace: workspace).content(of: places[path] ?? path).entries
  }

  /// The entries of a state; `nil` where they are nowhere to be found.
  private func entries(of state: DataState, at path: RepositoryPath) throws -> EntryTable? {
    guard let record = state.record, let name = record.name else { return EntryTable() }
    do {
      return try workspace.desired(TrackedOutput(restoring: record, at: path), name: name)
    } catch is ManifestLookupError {
      return nil
    }
  }

  /// What is at a path that a command left half done, and is neither of the old state nor of the new
  /// one: somebody worked there since.
  ///
  /// Where the old state is not known, what the cache has counts as part of it: from there the command
  /// took what it placed.
  func foreignPaths(
    in change: DataChange, present: DataState
  ) throws -> [RepositoryPath] {
    if case .link = present { return [change.path] }
    // Without the new state nothing is restored, whatever is there.
    guard let new = try entries(of: change.new, at: change.path) else { return [] }
    let old = try entries(of: change.old, at: change.path) ?? EntryTable()
    let found =
      try data[change.path].map { try entries(of: $0, at: change.path) ?? EntryTable() }
      ?? entriesOnDisk(at: change.path).0
    var foreign = (0..<found.count).filter {
      found.kinds[$0] != .emptyDirectory && !new.holds($0, of: found) && !old.holds($0, of: found)
    }
    if change.old == .unknown, let store = try workspace.cacheIfPresent() {
      foreign = try store.lackedFiles(of: found, foreign)
    }
    return foreign.map { change.path.appending(found.paths[$0]) }
  }

  /// Whether a part of what is to be there, and is not there now, is in no cache.
  func isMissing(
    _ wanted: DataState, at path: RepositoryPath, present: DataState
  ) throws -> Bool {
    if wanted.isSame(as: present) { return false }
    guard wanted != .missing else { return false }
    guard wanted != .unknown, let store = try workspace.cacheIfPresent() else { return true }
    if case .link(let digest) = wanted { return try !store.contains(digest) }
    guard let record = wanted.record, let name = record.name else { return true }
    let output = TrackedOutput(restoring: record, at: path)
    do {
      let desired = try workspace.desired(output, name: name)
      // What stands there now is of use only if it is really there.
      let (entries, stamps) = data[path] == nil ? try entriesOnDisk(at: path) : (EntryTable(), [])
      let plan = CheckoutPlan(
        present: entries, presentStamps: stamps, desired: desired, replacing: { _ in false })
      return try store.lacksFiles(of: desired, plan.placements)
    } catch is ManifestLookupError {
      return true
    }
  }

  /// The manifests of which a node cannot be found.
  func missingNodes(_ step: OperationStep) throws -> [String] {
    try step.manifests.compactMap { change in
      guard let root = change.new else { return nil }
      do {
        let files = workspace.manifests
        for node in try files.reader(of: change.path).nodes(of: root) {
          _ = try files.node(node.digest, node.location, of: change.path)
        }
        return nil
      } catch is ManifestLookupError {
        return "the manifest of \(workspace.displayed(change.path))"
      }
    }
  }
}

extension ObjectStore {
  /// Whether the store cannot provide one of these entries.
  func lacksFiles(of table: EntryTable, _ entries: [Int]) throws -> Bool {
    try !lackedFiles(of: table, entries).isEmpty
  }

  /// Those of these entries that the store cannot provide, in their order.
  func lackedFiles(of table: EntryTable, _ entries: [Int]) throws -> [Int] {
    let files = entries.filter { table.kinds[$0] == .file || table.kinds[$0] == .executable }
    let defects = try defects(
      among: files.map { table.digests[$0] }, sizes: files.map { table.sizes[$0] })
    return try defects.filter { position, defect in
      if case .suspect = defect { return try !isIntact(table.digests[files[position]]) }
      return true
    }.map { files[$0.index] }.sorted()
  }
}

extension EntryTable {
  /// Whether an entry of another table stands here too, with the same content.
  fileprivate func holds(_ entry: Int, of other: EntryTable) -> Bool {
    guard let position = index(of: Array(other.paths[entry])) else { return false }
    return kinds[position] == other.kinds[entry] && digests[position] == other.digests[entry]
  }
}

extension TrackedOutput {
  /// Content that was at a path once, whatever tracked it.
  init(restoring record: OutputRecord, at path: RepositoryPath) {
    self.init(
      path: path, record: record, origin: .pointer(path), isCached: true, isPushed: true,
      remote: nil)
  }
}
