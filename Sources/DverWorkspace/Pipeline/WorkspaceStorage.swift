import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline
import Glibc
import Synchronization

/// The workspace as stages see it: content by digest, the cache behind it, and the lock.
final class WorkspaceStorage: StageStorage {
  /// What stands at a path.
  struct Found {
    let record: OutputRecord?
    /// Links in a directory, with their targets.
    var links: [(path: [UInt8], target: [UInt8])] = []
    /// What a directory holds beside bookkeeping, where it holds any.
    var plain: EntryTable?
    /// Folders in a directory that may be object stores.
    var storeCandidates: [RepositoryPath] = []

    init(_ content: WorkspaceContent) {
      record = content.record(path: [])
      guard case .directory(let directory) = content else { return }
      links = directory.entries.links
      plain = directory.entries.withoutBookkeeping()
      storeCandidates = directory.entries.storeCandidates
    }
  }

  struct State {
    /// What was found at paths since a stage last wrote there.
    var found: [DependencyPath: Found] = [:]
    /// Objects that were written to, through links that stand for them.
    var writtenThrough: Set<Digest> = []
    /// Tracked data that folders lack.
    var missingParts: [RepositoryPath: RepositoryPath?] = [:]
    var catalog: Catalog?
    /// What parameter files held since the commands of a stage last ended.
    var parameters: [DependencyPath: ParameterFile?] = [:]
    /// What stages have made, or brought back.
    var made: [RepositoryPath: ContentName] = [:]
    /// What they have made that the next command would hash again.
    var unsettled: Set<RepositoryPath> = []
  }

  let workspace: Workspace
  let transaction: StoreTransaction?
  /// Whether outputs go to the cache.
  let isCommitting: Bool
  private let linkTypes: [LinkType]
  private let usesIndex: Bool
  let pullsRuns: Bool
  let state = Mutex(State())
  let folding = LockFolding()

  /// - Parameters:
  ///   - transaction: Where outputs go; `nil` for looking only.
  ///   - usesIndex: Whether the status of files is believed and remembered.
  ///   - pullsRuns: Whether what earlier runs made is looked for in remotes, too.
  init(
    _ workspace: Workspace, transaction: StoreTransaction?, isCommitting: Bool = true,
    usesIndex: Bool = true, pullsRuns: Bool = false
  ) throws {
    self.pullsRuns = pullsRuns
    self.usesIndex = usesIndex
    self.workspace = workspace
    self.transaction = transaction
    self.isCommitting = isCommitting
    linkTypes = try workspace.configuration().linkTypes
  }

  // MARK: Looking

  func currentRecord(of path: DependencyPath, isRecheck: Bool) throws -> OutputRecord? {
    try found(at: path, isRecheck: isRecheck).record
  }

  func found(at path: DependencyPath, isRecheck: Bool) throws -> Found {
    if !isRecheck, let known = state.withLock({ $0.found[path] }) { return known }
    let content: WorkspaceContent
    let (absolute, key) = names(of: path)
    // Most are files, or not there yet: one look is enough.
    let status = try FileSystem.status(of: absolute)
    if let status, status.isFile {
      content = try scanner.content(at: absolute, key: key, status: status)
    } else if status == nil {
      content = .missing
    } else {
      let location = try workspace.place(behindLink: absolute)
      content = try scanner.content(at: location, key: key)
      if case .file(let file) = content, try isLinkIntoStore(location),
        let object = try workspace.object(behindLink: location), object.digest != file.digest
      {
        state.withLock { _ = $0.writtenThrough.insert(object.digest) }
      }
    }
    return note(content, at: path)
  }

  var scanner: ContentScanner {
    var scanner = ContentScanner(workspace: workspace)
    scanner.usesIndex = usesIndex
    return scanner
  }

  @discardableResult
  private func note(_ content: WorkspaceContent, at path: DependencyPath) -> Found {
    // Stages run for long after their data was hashed.
    workspace.progress.end()
    let found = Found(content)
    state.withLock { $0.found[path] = found }
    return found
  }

  /// Where a path leads through links, and the name under which its stat is remembered.
  func place(of path: DependencyPath) throws -> (AbsolutePath, RepositoryPath) {
    let (absolute, key) = names(of: path)
    return (try workspace.place(behindLink: absolute), key)
  }

  private func names(of path: DependencyPath) -> (AbsolutePath, RepositoryPath) {
    switch path {
    case .outside(let absolute): (absolute, RepositoryPath(normalized: absolute.bytes))
    case .inside(let relative): (workspace.root.appending(relative), relative)
    }
  }

  func isLinkIntoStore(_ path: AbsolutePath) throws -> Bool {
    try FileSystem.status(of: path)?.isLink == true && workspace.object(behindLink: path) != nil
  }

  func parameters(
    _ selection: ParameterSelection, at file: DependencyPath, isRecheck: Bool
  ) throws -> StageLock.ParameterFile? {
    guard let parameters = try parameterFile(file, isRecheck: isRecheck) else { return nil }
    let values: [StageLock.Value]
    if selection.keys.isEmpty {
      guard case .map(let members) = parameters.root else {
        return StageLock.ParameterFile(file: selection.file, values: [])
      }
      values = members.map { StageLock.Value(key: $0.key, value: $0.value) }
    } else {
      values = selection.keys.compactMap { key in
        parameters.value(at: key).map { StageLock.Value(key: key, value: $0) }
      }
    }
    let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return StageLock.ParameterFile(file: selection.file, values: sorted)
  }

  private func parameterFile(_ file: DependencyPath, isRecheck: Bool) throws -> ParameterFile? {
    if !isRecheck, let known = state.withLock({ $0.parameters[file] }) { return known }
    let (location, _) = try place(of: file)
    var parameters: ParameterFile?
    let (found, _) = try workspace.parameterFiles.file(
      at: location, name: file.description, isRecheck: isRecheck)
    switch found {
    case .file(let found): parameters = found
    case .directory: throw FileSystemError(.read, location, code: EISDIR)
    case .missing: break
    }
    state.withLock { $0.parameters[file] = .some(parameters) }
    return parameters
  }

  func commandsEnded() {
    state.withLock { $0.parameters = [:] }
  }

  func isStored(_ record: OutputRecord) throws -> Bool {
    if let name = record.name, state.withLock({ $0.writtenThrough.contains(name.digest) }) {
      return try workspace.cacheIfPresent()?.isIntact(name.digest) ?? false
    }
    return try workspace.isStored(record)
  }

  func requireTrackable(_ output: StageOutput, at path: RepositoryPath) throws {
    try workspace.refuseLinks(above: path, path.description)
    try requireReplaceable(path)
    if output.isCached { try workspace.refuseInGit(path, path.description) }
  }

  func requireReplaceable(_ path: RepositoryPath) throws {
    try workspace.refuseStores(in: path)
    let candidates = state.withLock { $0.found[.inside(path)]?.storeCandidates ?? [] }
    let place = workspace.root.appending(path)
    guard let store = try workspace.objectStore(among: candidates, in: place) else { return }
    throw workspace.storeError(path, path.appending(store))
  }

  // MARK: Changing

  func storeOutput(_ output: StageOutput, at path: RepositoryPath) throws -> OutputRecord {
    let location = workspace.root.appending(path)
    let status = try FileSystem.status(of: location)
    forget(path, isDirectory: status?.isDirectory ?? false)
    let stores = output.isCached && isCommitting
    var scanner = ContentScanner(
      workspace: workspace, transaction: stores ? transaction : nil, linkTypes: linkTypes)
    let content: WorkspaceContent
    if let status, !status.isLink {
      // Of many outputs each is stored before the next is made.
      scanner.storesAlone = status.isFile
      content = try scanner.content(at: location, key: path, status: status)
    } else {
      let linked = try mayBeLink(output) ? target(ofOutputAt: path) : nil
      // What somebody else looks after does not become a link into the cache.
      if linked != nil { scanner.linkTypes = LinkType.standard }
      content = try scanner.content(at: linked ?? location, key: path)
    }
    if case .directory(let directory) = content, output.isCached, let transaction {
      try workspace.requireData(in: directory.entries, of: path)
      _ = try workspace.manifests.store(directory.entries, in: transaction)
    }
    guard let record = content.record(path: []) else {
      try workspace.refuseLinks(path, path.description)
      throw WorkspaceError.missing(path.description)
    }
    // Once the stage counts as done, its outputs must be there.
    try transaction?.publish()
    try transaction?.runNotes()
    try noteUnsettled(content, at: path)
    note(content, at: .inside(path))
    return record
  }

  func restoreOutput(
    _ record: OutputRecord, as output: StageOutput, at path: RepositoryPath
  ) throws {
    forget(path)
    let tracked = TrackedOutput(
      path: path, record: record, origin: .pointer(path), isCached: true, isPushed: true,
      remote: nil)
    var options = CheckoutOptions()
    options.command = nil
    let summary = try workspace.checkout([Selection(output: tracked, part: nil)], options: options)
    try workspace.refuse(summary, options: options)
    state.withLock { $0.made[path] = record.name }
  }

  func replaced(_ old: OutputRecord?, by new: OutputRecord, at path: RepositoryPath) {
    // What a link of the user's leads to is not for 'undo' to bring back.
    if (try? target(ofOutputAt: path)) != nil { return }
    workspace.noteData(
      path, from: DataState(old), to: DataState(new), command: "dver repro")
  }

  func preserve(_ location: AbsolutePath, of path: RepositoryPath) throws {
    guard let transaction else { return }
    var scanner = ContentScanner(workspace: workspace, transaction: transaction)
    scanner.usesIndex = false
    let content = try scanner.content(at: location, key: path)
    if case .directory(let directory) = content {
      _ = try workspace.manifests.store(directory.entries, in: transaction)
    }
  }

  func hiddenPaths(
    at location: AbsolutePath, of path: RepositoryPath
  ) throws -> [RepositoryPath] {
    try workspace.hiddenPaths(at: location, of: path)
  }

  func kept(_ place: AbsolutePath) { workspace.noteKept(place) }

  func unprotect(_ path: RepositoryPath) throws {
    try workspace.unprotect(path: path)
  }

  func barrier() throws {
    try transaction?.barrier()
    try workspace.cacheIfPresent()?.settle()
  }

  /// Drops what is known at, above and below a path that a stage has written.
  func forget(_ path: RepositoryPath) {
    let status = try? FileSystem.status(of: workspace.root.appending(path))
    forget(path, isDirectory: status?.isDirectory ?? false)
  }

  /// - Parameter isDirectory: Whether there is anything below; most outputs are files.
  private func forget(_ path: RepositoryPath, isDirectory: Bool) {
    state.withLock { state in
      var folder = path
      while !folder.isRoot {
        state.found[.inside(folder)] = nil
        state.parameters[.inside(folder)] = nil
        folder = folder.parent
      }
      guard isDirectory else { return }
      state.found = state.found.filter { !($0.key.insidePath?.isBelow(path) ?? false) }
      state.parameters = state.parameters.filter { !($0.key.insidePath?.isBelow(path) ?? false) }
    }
  }
}
