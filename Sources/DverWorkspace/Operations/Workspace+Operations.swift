import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import Glibc

extension Workspace {
  /// What a command wants changed in the files kept in git, worked out under the workspace lock.
  struct Changes {
    var texts: [TextChange] = []
    var manifests: [ManifestChange] = []
    var moves: [DataMove] = []
    /// Of files that are among `texts`.
    var conflicts: [IndexConflict] = []

    var isEmpty: Bool { texts.isEmpty && manifests.isEmpty && moves.isEmpty }
  }

  /// Holds the workspace lock, after finishing what a dead command left open.
  func withLock<Result>(_ command: String, _ body: () throws -> Result) throws -> Result {
    let lock = try ProcessLock(
      stateFolder.appending("lock"), purpose: command, timeout: configuration().lockTimeout
    ) { holder in
      notices.status("Waiting for \(holder)")
    }
    defer { withExtendedLifetime(lock) {} }
    try recover()
    return try body()
  }

  /// Carries out `plan` as one operation: either all of its files change, or none.
  ///
  /// - Parameters:
  ///   - command: For the record, such as `dver add data`.
  ///   - plan: Called under the lock; reads the present files and says what they become.
  func perform(_ command: String, _ plan: () throws -> Changes) throws {
    try withLock(command) {
      let changes = try plan()
      guard !changes.isEmpty else { return }
      let record = OperationRecord(
        command: command, started: FileClock.now().nanoseconds, texts: changes.texts,
        manifests: changes.manifests, moves: changes.moves,
        conflicts: changes.conflicts)
      let path = try operations.begin(record)
      do {
        try carryOutMoves(of: record)
      } catch {
        // Nothing else was touched, so where the data is back the operation never was.
        if try !record.moves.contains(where: { try isDone($0) }) { try operations.abandon(path) }
        throw error
      }
      try carryOut(record, isRecovery: false)
      try operations.finish(path)
    }
  }

  /// Finishes what a dead command left open, so that readers see one state; costs one listing where
  /// there is nothing. Leaves it to others where they work or nothing may be written.
  package func finishInterrupted() throws {
    do {
      try recoverOutputs()
      guard try operations.hasUnfinished() else { return }
      let lock = try ProcessLock(
        stateFolder.appending("lock"), purpose: "recovery", timeout: .zero)
      defer { withExtendedLifetime(lock) {} }
      try recover()
    } catch is LockError {
      // Its holder is at it.
    } catch let error as FileSystemError where [EROFS, EACCES].contains(error.code) {
      // Whoever may only read can still ask.
    }
  }

  /// Finishes operations whose command died, if there are any.
  private func recover() throws {
    try indexLockRecord.clear()
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
      try carryOut(record, isRecovery: true)
      try operations.finish(path)
    }
  }

  private func carryOut(_ record: OperationRecord, isRecovery: Bool) throws {
    for manifest in record.manifests {
      try manifests.replace(at: manifest.path, root: manifest.new)
    }
    var written: [AbsolutePath] = []
    for text in record.texts {
      let path = root.appending(text.path)
      if isRecovery {
        // Somebody may have gone on since: then the file is theirs.
        let present = try FileSystem.contents(of: path)
        guard present == text.old || present == text.new else { continue }
        if let new = text.new { try removeUnfinished(new, beside: path) }
      }
      if let new = text.new {
        try FileSystem.makeDirectories(path.parent)
        if try FileSystem.replaceContents(of: path, with: new) { written.append(path) }
      } else {
        try FileSystem.removeFile(path)
      }
    }
    try makeDurable(written)
    try stage(record)
  }

  /// Removes the hidden files in which the dead command had begun to write `bytes`.
  private func removeUnfinished(_ bytes: [UInt8], beside path: AbsolutePath) throws {
    for name in try FileSystem.names(in: path.parent) ?? []
    where name.starts(with: FileSystem.temporaryPrefix.utf8) {
      let file = path.parent.appending(name)
      guard let status = try FileSystem.status(of: file), status.isFile,
        status.size <= bytes.count, let begun = try FileSystem.contents(of: file),
        bytes.starts(with: begun)
      else { continue }
      try FileSystem.removeFile(file)
    }
  }

  private func makeDurable(_ paths: [AbsolutePath]) throws {
    guard paths.count <= Self.singleSyncLimit else {
      try OpenFile(root, .directory).syncFileSystem()
      return
    }
    for path in paths {
      try OpenFile(path, .read).sync()
      try FileSystem.syncDirectory(path.parent)
    }
  }

  /// Up to here syncing each file is cheaper than syncing the file system.
  private static let singleSyncLimit = 16
}
