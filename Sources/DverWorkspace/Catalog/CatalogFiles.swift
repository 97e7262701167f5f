import DverCore
import DverIgnore
import DverManifest
import DverParallel
import Synchronization

/// The text files that say what is tracked.
struct CatalogFiles: Sendable {
  struct Pipeline: Sendable {
    let folder: RepositoryPath
    let file: PipelineFile
    let lock: LockFile

    init(folder: RepositoryPath, file: PipelineFile, lock: LockFile) {
      self.folder = folder
      self.file = file
      self.lock = lock
    }

    init(folder: RepositoryPath, file: PipelineFile, lock: [UInt8]?) throws {
      self.folder = folder
      self.file = file
      let lockName = folder.appending(CatalogFiles.lockName.utf8)
      self.lock =
        try lock.map { try LockFile.parse(bytes: $0, source: lockName.description) } ?? LockFile()
    }

    /// Up to here both are read before a second thread would have begun.
    private static let smallByteCount = 256 * 1024

    /// Reads a definition and, of large files at the same time, its lock.
    ///
    /// - Throws: What is wrong with the definition, else what is wrong with the lock.
    init(
      folder: RepositoryPath, lock: [UInt8]?, definition: @Sendable () throws -> PipelineFile
    ) throws {
      guard let lock, lock.count > Self.smallByteCount, processorCount > 1 else {
        try self.init(folder: folder, file: try definition(), lock: lock)
        return
      }
      let lockName = folder.appending(CatalogFiles.lockName.utf8).description
      let parsing = Mutex<Result<LockFile, any Error>>(.success(LockFile()))
      let parse: @Sendable () -> Void = {
        let result = Result { try LockFile.parse(bytes: lock, source: lockName) }
        parsing.withLock { $0 = result }
      }
      let thread = WorkerThread(ifPossible: parse)
      let file = Result { try definition() }
      if let thread { thread.join() } else { parse() }
      self.init(
        folder: folder, file: try file.get(), lock: try parsing.withLock(\.self).get())
    }
  }

  struct Pointer: Sendable {
    let path: RepositoryPath
    let file: PointerFile

    init(path: RepositoryPath, bytes: [UInt8]) throws {
      self.path = path
      file = try PointerFile.parse(bytes: bytes, source: path.description)
    }
  }

  var pointers: [Pointer] = []
  var pipelines: [Pipeline] = []
  /// Lock files without a definition beside them, looked for where all that is recorded counts.
  var looseLocks: [(path: RepositoryPath, bytes: [UInt8])] = []
  /// Folders that could not be looked into.
  var closedFolders: [RepositoryPath] = []

  static let pointerSuffix = ".dver"
  static let pipelineName = "dver.yaml"
  static let lockName = "dver.lock"

  /// Whether a path is one of dver's own text files.
  static func isOwn(_ path: RepositoryPath) -> Bool {
    let name = path.lastComponent
    return path.hasSuffix(pointerSuffix) || name.elementsEqual(pipelineName.utf8)
      || name.elementsEqual(lockName.utf8) || name.elementsEqual(IgnoreRules.fileName.utf8)
      || name.elementsEqual(".gitignore".utf8)
  }
}
