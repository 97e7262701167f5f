import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import Glibc

extension Workspace {
  /// What a command wants changed in the files kept in git, worked out under the workspace lock.
  struct Changes {
    var texts: [TextChange] = []
    var manifests: [ManifestChange] = []
    var moves: [DataMove] = []
    /// Of files that are among `texts`, and of nodes of `manifests`.
    var conflicts: [IndexConflict] = []

    var isEmpty: Bool { texts.isEmpty && manifests.isEmpty && moves.isEmpty }
  }

  /// Holds the workspace lock, after finishing what a dead command left open.
  func withLock<Result>(_ command: String, _ body: () throws -> Result) throws -> Result {
    try withLease("lock", command) {
      try recover()
      return try body()
    }
  }

  /// Holds the workspace lock for looking alone: what a dead command left open stays. Goes without
  /// where nothing can be written.
  func whileNothingChanges<Result>(
    _ command: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try withLease("lock", command, body)
    } catch let error as FileSystemError where [EACCES, EPERM, EROFS].contains(error.code) {
      return try body()
    }
  }

  /// Carries out `plan` as one operation: either all of its files change, or none.
  ///
  /// What the command has done to data until now becomes part of the operation.
  ///
  /// - Parameters:
  ///   - command: For the record, such as `dver add data`.
  ///   - isUndoable: Whether `undo` is to know of it.
  ///   - reversal: The operation that this one takes back or repeats.
  ///   - plan: Called under the lock; reads the present files and says what they become.
  func perform(
    _ command: String, isUndoable: Bool = true, reversal: OperationRecord.Reversal? = nil,
    _ plan: () throws -> Changes
  ) throws {
    try withLock(command) {
      // A value that means nothing must be noticed before there is something to finish.
      _ = try (configuration().autostages, configuration().usesGit)
      let changes = try plan()
      let data = dataNotes.take().changes
      guard !changes.isEmpty || !data.isEmpty || reversal != nil else { return }
      if !changes.isEmpty { try waitForIndex() }
      try refuseStores(inManifestsOf: changes)
      try keepOldNodes(of: changes)
      try noteInSharedCache(
        changes.texts.flatMap { text in
          Self.recordedNames(in: text.new ?? []).map { (name: $0, path: text.path) }
        })
      let record = OperationRecord(
        command: command, started: FileClock.now().nanoseconds, texts: changes.texts,
        manifests: changes.manifests, moves: changes.moves, conflicts: changes.conflicts,
        data: data, reversal: reversal)
      let (path, number) = try operations.begin(record, group: operationGroup)
      do {
        // A collection that sees the record keeps what it names. One that did not see it has taken
        // this process for dead.
        try requireLeases()
      } catch {
        try operations.abandon(path)
        throw error
      }
      do {
        try carryOutMoves(of: record)
      } catch {
        // Nothing else was touched, so where the data is back the operation never was.
        if try !record.moves.contains(where: { try isDone($0) }) { try operations.abandon(path) }
        throw error
      }
      try carryOut(record, isRecovery: false)
      guard isUndoable, record.hasEffect || reversal != nil else {
        return try operations.abandon(path)
      }
      try operations.finish(path)
      rememberGroup(number)
    }
  }

  /// Refuses to write manifests where an object store is: what is no manifest goes.
  private func refuseStores(inManifestsOf changes: Changes) throws {
    for manifest in changes.manifests {
      let folder = ManifestFiles.gitPath(of: manifest.path, .root)
      for store in try storesInside() where store.place.isInside(folder) {
        throw storeError(folder, store.place, name: store.name)
      }
    }
  }

  /// Takes note that a command changed data; it becomes part of the command's next operation.
  func noteData(_ path: RepositoryPath, from old: DataState, to new: DataState, command: String) {
    guard !old.isSame(as: new) else { return }
    dataNotes.add(DataChange(path: path, old: old, new: new), command: command)
  }

  /// Writes down what the command did to data, if that is no part of an operation yet.
  package func recordData() throws {
    let (command, changes) = dataNotes.take()
    guard !changes.isEmpty else { return }
    for change in changes {
      noteData(change.path, from: change.old, to: change.new, command: command)
    }
    try perform(command) { Changes() }
  }

  /// Puts the nodes of manifests that are about to be replaced into the cache, so that `undo` finds
  /// them; those of a fresh clone may be in git alone.
  private func keepOldNodes(of changes: Changes) throws {
    for manifest in changes.manifests {
      guard let old = manifest.old, old != manifest.new,
        try cacheIfPresent()?.contains(old) != true
      else { continue }
      // If they are nowhere to be found, they were not before, either.
      _ = try storeNodes(of: old, at: manifest.path)
    }
  }

  /// Finishes what a dead command left open, so that readers see one state; costs one listing where
  /// there is nothing. Leaves it to others where they work or nothing may be written.
  package func finishInterrupted() throws {
    guard bare == nil else { return }
    do {
      try recoverRuns()
      guard try operations.hasUnfinished() else { return }
      try withLease("lock", "recovery", timeout: .zero) {
        // A lock of a dead command of dver's is no reason to wait.
        try gitLockRecord.clear()
        if try !isIndexLocked() { try recover(isWaiting: false) }
      }
    } catch is LockError {
      // Its holder is at it.
    } catch GitError.locked {
      // Reading goes on; the next command that writes waits for git and finishes it.
    } catch let error as FileSystemError where [EROFS, EACCES].contains(error.code) {
      // Whoever may only read can still ask.
    }
  }

  private func isIndexLocked() throws -> Bool {
    guard let git = try git() else { return false }
    let lock = AbsolutePath(normalized: git.indexPath + Array(".lock".utf8))
    return try FileSystem.exists(lock)
  }

  /// Finishes operations whose command died, if there are any.
  private func recover(isWaiting: Bool = true) throws {
    try gitLockRecord.clear()
    for (path, record) in try operations.unfinished() {
      notices.status("Finishing '\(record.command)', which was interrupted")
      do {
        try carryOutMoves(of: record)
      } catch let error as WorkspaceError {
        // Somebody took the data or its new place meanwhile.
        notices.warning("'\(record.command)' is given up: \(error.message)")
        try operations.abandon(path)
        continue
      }
      do {
        try carryOut(record, isRecovery: true, isWaiting: isWaiting)
        try operations.finish(path)
      } catch let error as ManifestLookupError {
        try takeBack(record, at: path, because: error, isWaiting: isWaiting)
      }
    }
  }

  /// Gives up an operation of which a power cut took manifests: the data is where it was, and what
  /// names them must not stay in the way of adding it again.
  private func takeBack(
    _ record: OperationRecord, at path: AbsolutePath, because error: ManifestLookupError,
    isWaiting: Bool
  ) throws {
    notices.warning("'\(record.command)' is taken back: \(error.message)")
    do {
      // Where data was moved, the old names would lead to nothing.
      if record.moves.isEmpty {
        try carryOut(record.inverse, isRecovery: true, isWaiting: isWaiting)
      }
    } catch is ManifestLookupError {
      // What is there stays: whoever needs these manifests says that they are missing.
    }
    try operations.abandon(path)
  }

  private func carryOut(
    _ record: OperationRecord, isRecovery: Bool, isWaiting: Bool = true
  ) throws {
    for manifest in record.manifests {
      try requireLeases()
      try manifests.replace(at: manifest.path, root: manifest.new)
    }
    var written: [(path: AbsolutePath, bytes: [UInt8])] = []
    for text in record.texts {
      try requireLeases()
      let path = root.appending(text.path)
      if isRecovery {
        // Somebody may have gone on since: then the file is theirs.
        let present = try FileSystem.contents(of: path)
        guard present == text.old || present == text.new else { continue }
        for bytes in [text.old, text.new] {
          if let bytes { try removeUnfinished(bytes, beside: path) }
        }
      }
      if let new = text.new {
        try FileSystem.makeDirectories(path.parent)
        written.append((path, new))
      } else {
        try FileSystem.removeFile(path)
      }
    }
    try write(written)
    try requireLeases()
    try stage(record, isWaiting: isWaiting)
  }

  /// Removes the hidden files in which a command that died had begun to write `bytes`; after a power
  /// cut there may be zeros in the place of some.
  func removeUnfinished(_ bytes: [UInt8], beside path: AbsolutePath) throws {
    for name in try FileSystem.names(in: path.parent) ?? []
    where name.starts(with: FileSystem.temporaryPrefix.utf8) {
      let file = path.parent.appending(name)
      guard let status = try FileSystem.status(of: file), status.isFile,
        status.size <= bytes.count, let begun = try FileSystem.contents(of: file),
        zip(begun, bytes).allSatisfy({ $0 == $1 || $0 == 0 })
      else { continue }
      try FileSystem.removeFile(file)
    }
  }

  /// Puts the texts in place, so that also a power cut leaves the old or the new one of each.
  private func write(_ files: [(path: AbsolutePath, bytes: [UInt8])]) throws {
    guard files.count <= Self.singleSyncLimit else {
      return try FileSystem.replaceContents(of: files, inFileSystemOf: root)
    }
    for file in files {
      try FileSystem.replaceContents(
        of: file.path, with: file.bytes, synced: true, syncsName: false)
    }
    for folder in Set(files.map(\.path.parent)).sorted() { try FileSystem.syncDirectory(folder) }
  }

  /// Up to here syncing each file is cheaper than syncing the file system.
  private static let singleSyncLimit = 16
}
