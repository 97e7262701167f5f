import DverCore
package import DverFileSystem
import DverGit
import DverHashing
import DverObjectStore
package import DverParallel
import DverPipeline
import DverRemote
import Synchronization

/// A folder with `.dver`: one method per task of the user, in extensions by subject.
package final class Workspace: Sendable {
  /// The folder that holds `.dver`.
  package let root: AbsolutePath
  /// Where the user is; relative targets count from there.
  package let current: AbsolutePath
  package let progress: Progress
  /// The user's wish to stop, for what waits for child processes.
  package let cancellation: Cancellation
  package let notices: Notices
  /// What there is in place of files: then nothing below `root` is ever looked at, or written.
  let bare: BareRepository?
  /// Another index than the repository's own.
  let indexFile: [UInt8]?

  let fileIndex: FileIndex
  private let soundObjects: SoundObjects
  /// The stages that finished since `dver.lock` was last written.
  let lockLog: LockLog
  /// Those of them that a process left which died.
  let orphanedLocks: LockLog
  let parameterFiles = ParameterFileCache()
  let definitions = DefinitionCache()
  /// The links into stores in all work trees, as they were when the first damaged object was met.
  let knownLinks = Mutex<[Digest: [AbsolutePath]]?>(nil)
  /// What this command has done to data and not yet written down.
  let dataNotes = DataNotes()
  /// What has the name of a pointer in the directories that this command looked into.
  let pointerNames = PointerNames()
  /// Folders that the user was told cannot be looked into.
  let closedFolders = Mutex<Set<RepositoryPath>>([])
  /// What the user was told cannot be put back.
  let leftAside = Mutex<Set<LeftAside>>([])
  /// Where nodes are looked for that are neither here nor in git; `nil` for what cannot be opened.
  let nodeRemotes = Mutex<[String: (any Remote)?]>([:])
  private let parts = Mutex(Parts())

  /// What is opened when it is first needed.
  private struct Parts {
    var configuration: Configuration?
    var correctsConfiguration = false
    var git: GitRepository??
    var gitPrefix: GitPathPrefix?
    var cache: ObjectStore?
    /// Where the configuration has remotes and the cache in the workspace, with what each is.
    var stores: [(place: RepositoryPath, name: String)]?
    var clockPlaces: [UInt64: FileClock.Place] = [:]
    var operationGroup: Int?
    /// What this process holds at the moment.
    var leases: [Lease] = []
  }

  init(
    root: AbsolutePath, current: AbsolutePath, progress: Progress, cancellation: Cancellation,
    notices: Notices, bare: BareRepository? = nil, indexFile: [UInt8]? = nil
  ) {
    self.bare = bare
    self.indexFile = indexFile
    self.root = root
    self.current = current
    self.progress = progress
    self.cancellation = cancellation
    self.notices = notices
    fileIndex = FileIndex(root.appending(".dver/tmp/stat/files"))
    soundObjects = SoundObjects(file: root.appending(".dver/tmp/stat/objects"))
    lockLog = LockLog(root.appending(".dver/state/lock.log"))
    orphanedLocks = LockLog(root.appending(".dver/state/lock.orphans"))
  }

  // MARK: Folders

  package var dverFolder: AbsolutePath { root.appending(".dver") }
  var stateFolder: AbsolutePath { dverFolder.appending("state") }
  var temporaryFolder: AbsolutePath { dverFolder.appending("tmp") }

  var manifests: ManifestFiles { ManifestFiles(workspace: self) }
  var gitLockRecord: GitLockRecord {
    GitLockRecord(file: stateFolder.appending("git-lock"))
  }
  var operations: OperationLog { OperationLog(folder: stateFolder.appending("operations")) }

  /// The number of the first operation of this command; `nil` before it.
  var operationGroup: Int? { parts.withLock { $0.operationGroup } }

  /// Takes note of the command's first operation.
  func rememberGroup(_ number: Int) {
    parts.withLock { $0.operationGroup = $0.operationGroup ?? number }
  }

  // MARK: Leases

  /// Does something while the process holds a lease on a file of the workspace's state.
  func withLease<Result>(
    _ name: String, _ command: String, timeout: Duration? = nil, _ body: () throws -> Result
  ) throws -> Result {
    try requireWorkTree()
    // A fresh clone has none.
    try FileSystem.makeDirectories(stateFolder)
    let lease = try Lease(
      stateFolder.appending(name), purpose: command, settings: configuration().leases,
      scratch: temporaryFolder, timeout: timeout ?? configuration().lockTimeout,
      check: { try requireNoInterruption() }
    ) { holder in
      notices.status("Waiting for \(holder)")
    }
    parts.withLock { $0.leases.append(lease) }
    defer { parts.withLock { $0.leases.removeAll { $0 === lease } } }
    return try body()
  }

  /// - Throws: ``Interrupted`` once the user wants the command to stop.
  func requireNoInterruption() throws {
    if cancellation.isRequested() { throw Interrupted() }
    try progress.check()
  }

  /// Makes sure that no other host has taken this process for dead; to be asked before each step that
  /// destroys something, and costs nothing as a rule.
  ///
  /// - Throws: `LeaseLostError`.
  func requireLeases() throws {
    let (leases, cache) = parts.withLock { ($0.leases, $0.cache) }
    for lease in leases { try lease.check() }
    try cache?.requireInUse()
  }

  // MARK: Parts

  package func configuration() throws -> Configuration {
    try parts.withLock { parts in
      if let known = parts.configuration { return known }
      var loaded = try Configuration.load(root: root, settings: bare?.settings)
      loaded.isBeingCorrected = parts.correctsConfiguration
      parts.configuration = loaded
      return loaded
    }
  }

  /// Lets the command work with wrong values in the configuration, to correct them.
  package func allowWrongConfiguration() {
    parts.withLock {
      $0.correctsConfiguration = true
      ($0.configuration, $0.stores) = (nil, nil)
    }
  }

  /// Forgets what was read, after the files changed.
  func reloadConfiguration() {
    parts.withLock { ($0.configuration, $0.stores) = (nil, nil) }
  }

  /// The git repository around the workspace; `nil` where there is none, or none is wanted.
  func git() throws -> GitRepository? {
    if let bare { return bare.git }
    let usesGit = try configuration().usesGit
    return try parts.withLock { parts in
      if let known = parts.git { return known }
      let opened = usesGit ? try openGit() : nil
      parts.git = .some(opened)
      return opened
    }
  }

  private func openGit() throws -> GitRepository? {
    guard let git = try GitRepository.open(at: root.bytes) else {
      try GitEnvironment.refuseDirectory()
      return nil
    }
    guard let indexFile, try GitEnvironment.allows(git) else { return git }
    return try GitRepository.open(at: root.bytes, indexFile: indexFile)
  }

  /// The git repository, for what makes no sense without one.
  func requiredGit(for task: String) throws -> GitRepository {
    guard let git = try git() else { throw WorkspaceError.needsGit(task) }
    return git
  }

  /// Where the workspace lies in its repository.
  func gitPrefix(in git: GitRepository) -> GitPathPrefix {
    if let bare { return bare.prefix }
    return parts.withLock { parts in
      if let known = parts.gitPrefix { return known }
      let found = git.prefix(of: root.bytes) ?? GitPathPrefix([])
      parts.gitPrefix = found
      return found
    }
  }

  /// Where remotes and the cache are in the workspace, or will be, with what each is.
  func storesInside() throws -> [(place: RepositoryPath, name: String)] {
    if let known = parts.withLock({ $0.stores }) { return known }
    let places =
      try remotes().filter { $0.unsupportedURL == nil }.map { ($0.path, "remote '\($0.name)'") }
      + [(try cacheFolder(), "the cache")]
    var found: [(place: RepositoryPath, name: String)] = []
    for (place, name) in places {
      for candidate in [place, (try? place.resolvingLinks()) ?? place] {
        if let inside = candidate.relative(to: root) { found.append((inside, name)) }
      }
    }
    parts.withLock { $0.stores = found }
    return found
  }

  /// Where the cache is, or will be.
  package func cacheFolder() throws -> AbsolutePath {
    if let folder = try configuration().cacheFolder { return folder }
    // Linked worktrees of one repository share the cache of the main one.
    let gitFile = root.appending(".git")
    if try FileSystem.status(of: gitFile)?.isFile == true, let git = try git(),
      git.isLinkedWorkTree, let main = try git.mainWorkTree()
    {
      let folder = AbsolutePath(normalized: main).appending(gitPrefix(in: git).bytes)
        .appending(".dver")
      if try FileSystem.exists(folder) { return folder.appending("cache") }
    }
    return dverFolder.appending("cache")
  }

  /// The cache, made if there is none yet.
  func cache() throws -> ObjectStore {
    if let known = try cacheIfPresent() { return known }
    try requireWorkTree()
    let folder = try cacheFolder()
    try refuseReservedStore(at: folder)
    try FileSystem.makeDirectories(folder)
    if try configuration().sharesCache, let status = try FileSystem.status(of: folder) {
      // What is made in it takes after it.
      try FileSystem.setMode(status.mode | 0o2770, of: folder)
    }
    let created = try ObjectStore.openOrCreate(
      at: folder, soundObjects: soundObjects(in: folder), leases: configuration().leases,
      onDamage: damageHandler)
    parts.withLock { $0.cache = created }
    return created
  }

  /// The cache; `nil` where nothing has been stored yet.
  func cacheIfPresent() throws -> ObjectStore? {
    if let known = parts.withLock({ $0.cache }) { return known }
    let folder = try cacheFolder()
    let opened = try ObjectStore.open(
      at: folder, soundObjects: soundObjects(in: folder), leases: configuration().leases,
      onDamage: damageHandler)
    guard let opened else { return nil }
    parts.withLock { $0.cache = opened }
    return opened
  }

  /// Weakly, because the workspace holds the store.
  private var damageHandler: ObjectStore.DamageHandler {
    return { [weak self] store, digest in self?.keepWhatLinksHold(digest, in: store) }
  }

  /// What puts objects into the cache, as files of their own where `cache.type` asks for links.
  func storing() throws -> StoreTransaction {
    let store = try cache()
    // Before the first look at what is there.
    try store.holdInUse()
    return StoreTransaction(
      store, packing: try configuration().linkTypes.first?.isLink != true)
  }

  /// Only a local file system's times can tell that an object was not touched.
  private func soundObjects(in folder: AbsolutePath) throws -> SoundObjects? {
    guard try FileSystem.exists(folder), try !FileSystem.traits(of: folder).isNetwork else {
      return nil
    }
    return soundObjects
  }

  /// Writes down what was learnt of files and objects, where that can be written, so that they need
  /// not be hashed again.
  ///
  /// - Parameter storedAt: When the objects that the command stored or found were known to be sound,
  ///   if it made sure.
  func saveIndexes(storedAt: FileClock? = nil) throws {
    try saveDisposable(at: fileIndex.path) {
      try fileIndex.save(storedAt: storedAt)
      try soundObjects.save()
    }
  }

  /// For how long a file with this stamp can still change without its stamp changing too; nanoseconds.
  func delay(untilVouchedFor stamp: FileStamp) throws -> Int64 {
    FileClock.now().delay(untilVouchedFor: stamp, on: try clockPlace(of: stamp.device))
  }

  /// What stamps the files of a device: that of a network file system has a clock of its own.
  func clockPlace(of device: UInt64) throws -> FileClock.Place {
    if let known = parts.withLock({ $0.clockPlaces[device] }) { return known }
    // The device of the workspace is the usual case; others are looked at by their number alone.
    var place = FileClock.Place(isNetwork: true)
    if try FileSystem.status(of: root)?.device == device {
      let isNetwork =
        try FileSystem.traits(of: root).isNetwork
        || configuration().leases.usesHeartbeats(in: root)
      // Should this take time, less is trusted.
      let there = FileClock.now(in: temporaryFolder, isNetwork: isNetwork).nanoseconds
      place = FileClock.Place(
        isNetwork: isNetwork, lead: isNetwork ? FileClock.now().nanoseconds - there : 0)
    }
    let found = place
    parts.withLock { $0.clockPlaces[device] = found }
    return found
  }
}
