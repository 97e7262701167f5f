import CGit2
import DverParallel
import Glibc
import Synchronization

extension GitRepository {
  /// Puts work-tree files into the index, and takes others out of it.
  ///
  /// Files are staged even if git ignores them, byte for byte unless one asks for git's filters. A
  /// file whose stat data is what the index holds is not read, unless it asks for that or git would
  /// call its entry racy. Blobs are written by several threads before the index is locked; the index is
  /// read again under the lock and written once, or not at all where nothing changed. Other
  /// entries, intents to add and conflicts stay as they are. Blobs and index are as durable as
  /// after `git add`.
  ///
  /// - Parameters:
  ///   - files: Regular files of the work tree, each once.
  ///   - removals: Paths to take out, also where they are in conflict; absent ones are no error.
  ///   - conflicts: Paths that are to be in conflict; not among `files` and `removals`.
  ///   - timeout: How long to wait for another process that holds `index.lock`.
  ///   - willWait: Called once, before the first wait for that process.
  ///   - willLock: Called with the lock file before it is put into place.
  package func stage(
    _ files: [GitStagedFile], removing removals: [[UInt8]] = [],
    restoring conflicts: [GitStagedConflict] = [], timeout: Duration = .seconds(60),
    threads: Int = processorCount, willWait: () -> Void = {},
    willLock: (GitLockFile) throws -> Void = { _ in }
  ) throws -> GitStagingOutcome {
    guard let workTree else { throw GitError.noWorkTree(directory: gitDirectory) }
    let known: KnownIndex
    do throws(GitError) {
      known = try knownIndex(files, removals)
    } catch .unreadableIndex(_, let detail) {
      return .notStaged(reason: detail)
    }
    // An object that a power cut left empty would be taken for the right one ever after. Many objects
    // would wait long for the disk, so they are as durable as those that git writes itself.
    _ = dver_git_sync_files(files.count <= Self.syncedCount ? 1 : 0)
    var plan = try plan(files, known, workTree: workTree, threads: threads)
    plan.conflicts = conflicts
    plan.changeCount += conflicts.count
    guard plan.changeCount > 0 else { return .staged(changeCount: 0) }
    // libgit2 syncs each object and its folder, but not the name of a folder that it made.
    try WorkFile.sync(joined(commonDirectory, "objects".utf8))
    if known.isNative {
      try write(plan, workTree, timeout: timeout, willWait: willWait, willLock: willLock)
    } else if try !writeWithProgram(plan, timeout: timeout, willWait: willWait) {
      return .notStaged(reason: "git is not installed")
    }
    return .staged(changeCount: plan.changeCount)
  }

  /// Waits until nobody else holds the lock on the index; it may be taken again right after.
  ///
  /// - Throws: ``GitError/locked(path:)`` after `timeout`.
  package func waitForIndex(timeout: Duration, willWait: () -> Void = {}) throws {
    let path = indexPath + Array(".lock".utf8)
    func isLocked() -> Bool {
      var status = stat()
      return unsafe withCString(path) { unsafe lstat($0, &status) } == 0
    }
    guard isLocked() else { return }
    willWait()
    let deadline = Deadline(timeout)
    while isLocked() {
      guard deadline.waitBriefly() else { throw GitError.locked(path: path) }
    }
  }

  private static let syncedCount = 8

  /// What the index says about the paths of a call to `stage`.
  private struct KnownIndex: Sendable {
    var isNative = true
    /// One for each file; racy ones have stat data that equals no file's.
    var entries: [(entry: GitIndexEntry, status: StatData)?] = []
    /// Those that are in the index.
    var removals: [[UInt8]] = []
  }

  private func knownIndex(
    _ files: [GitStagedFile], _ removals: [[UInt8]]
  ) throws(GitError) -> KnownIndex {
    try index.withLock { (state) throws(GitError) in
      var known = try state.read(indexPath, with: program) { (index, stamp) throws(GitError) in
        var known = KnownIndex()
        known.removals = removals.filter { index.contains($0) }
        known.entries = files.map { file in
          guard var details = index.details(file.path) else { return nil }
          if stamp?.isRacy(details.status) ?? true { details.status = StatData() }
          return details
        }
        return known
      }
      known.isNative = state.isNative
      return known
    }
  }

  /// Reads what must be read and writes its blobs.
  private func plan(
    _ files: [GitStagedFile], _ known: KnownIndex, workTree: [UInt8], threads: Int
  ) throws -> StagingPlan {
    // Large enough to make taking a reader cheap, small enough to spread over the threads.
    let filesPerChunk = 16
    let starts = Array(stride(from: 0, to: files.count, by: filesPerChunk))
    let chunks = try parallelMap(starts, threads: threads) { start in
      try self.withReader { (reader) throws(GitError) in
        var planned: [PlannedEntry] = []
        for position in start..<min(start + filesPerChunk, files.count) {
          planned.append(
            try Self.plan(files[position], known.entries[position], workTree, reader))
        }
        return planned
      }
    }
    var plan = StagingPlan(entries: chunks.flatMap { $0 }, removals: known.removals)
    plan.changeCount = plan.removals.count
    for (planned, known) in zip(plan.entries, known.entries) {
      if let known, planned.agrees(with: known.entry) { continue }
      plan.changeCount += 1
    }
    return plan
  }

  private static func plan(
    _ file: GitStagedFile, _ known: (entry: GitIndexEntry, status: StatData)?,
    _ workTree: [UInt8], _ reader: GitReader
  ) throws(GitError) -> PlannedEntry {
    let path = joined(workTree, file.path)
    let mode = file.isExecutable ? GitFileMode.executable : .file
    if !file.mustRead, let known, known.entry.mode.isFile, !known.entry.isIntentToAdd {
      let status = try WorkFile.status(of: path)
      if status.st_mode & S_IFMT == S_IFREG, StatData(status) == known.status {
        return PlannedEntry(path: file.path, id: known.entry.id, mode: mode, status: known.status)
      }
    }
    let (content, status) = try WorkFile.read(path)
    let id =
      file.isFiltered
      ? try reader.writeFilteredBlob(content, path: file.path) : try reader.writeBlob(content)
    return PlannedEntry(
      path: file.path, id: id, mode: mode,
      status: status.map { StatData($0) } ?? StatData())
  }

  /// Writes the index through libgit2, under git's lock.
  ///
  /// libgit2 alone would read the index before it takes the lock and so could undo what another
  /// process did meanwhile. Here it works on a second name of the index, which then replaces the
  /// first. The second name is a hard link, so that racy entries are recognised by the time of the
  /// index itself.
  private func write(
    _ plan: StagingPlan, _ workTree: [UInt8], timeout: Duration, willWait: () -> Void,
    willLock: (GitLockFile) throws -> Void
  ) throws {
    try HeldLockFile.replace(
      indexPath, timeout: timeout, willWait: willWait, willLock: willLock
    ) { prepared in
      try link(indexPath, prepared)
      try withReader { (reader) throws(GitError) in
        try reader.handle.withLock { (handle) throws(GitError) in
          try handle.write(plan, to: prepared, workTree: workTree)
        }
      }
    }
  }

  /// Gives the file at `path` another name, or makes a copy of the same age where hard links cannot
  /// be had; a missing file is left missing.
  private func link(_ path: [UInt8], _ name: [UInt8]) throws(GitError) {
    let linked = unsafe withCString(path) { path in
      unsafe withCString(name) { unsafe Glibc.link(path, $0) }
    }
    if linked == 0 || errno == ENOENT { return }
    guard lacksHardLinks(errno) else {
      throw .system(action: "create", path: name, code: errno)
    }
    let (content, status) = try WorkFile.read(path)
    try WorkFile.create(name, content, modified: status?.st_mtim)
  }

  /// Writes the index through git; `false` where git is not installed.
  private func writeWithProgram(
    _ plan: StagingPlan, timeout: Duration, willWait: () -> Void
  ) throws(GitError) -> Bool {
    let deadline = Deadline(timeout)
    var waits = false
    let lock = indexPath + Array(".lock".utf8)
    while true {
      guard
        let result = try program.run(
          ["update-index", "-z", "--index-info"], input: plan.indexInfo())
      else { return false }
      if result.status != 0, (try? WorkFile.status(of: lock)) != nil {
        if !waits, deadline.isAhead { willWait() }
        waits = true
        guard deadline.waitBriefly() else { throw .locked(path: lock) }
        continue
      }
      try result.requireSuccess("write the git index")
      return true
    }
  }
}

extension RepositoryHandle {
  /// Reads the index file at `path`, changes it as planned and writes it.
  borrowing func write(
    _ plan: StagingPlan, to path: [UInt8], workTree: [UInt8]
  ) throws(GitError) {
    let stamp = IndexStamp(path)
    guard let index = try IndexHandle.read(path) else {
      throw .failed(action: "write the git index", detail: "another process changed its format")
    }
    // Racy entries are looked at again on writing, for which the index must know its work tree.
    try check(
      unsafe git_repository_set_index(repository.pointer, index.index.pointer), "use the index")
    defer { _ = unsafe git_repository_set_index(repository.pointer, nil) }
    try plan.apply(to: index)
    if let stamp { index.distrustRacyEntries(of: stamp, workTree: workTree) }
    let status = unsafe git_index_write(index.index.pointer)
    if status == GIT_ELOCKED.rawValue { throw .locked(path: path + Array(".lock".utf8)) }
    try check(status, "write the git index")
  }
}
