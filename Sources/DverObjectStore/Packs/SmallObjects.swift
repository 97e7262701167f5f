import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc
import Synchronization

/// The small objects of a transaction on their way into a store.
///
/// The first ones are held in memory until it is known whether they are many.
final class SmallObjects: Sendable {
  /// Objects that are held in memory or stand in a pack that is being written.
  let seen = DigestSet()
  let folders = LooseFolders()
  /// Held in memory; locked before any of ``writers``.
  let waiting = Mutex<[Waiting]>([])
  /// Whether the next object is to be held in memory.
  let isCollecting = Atomic(true)
  /// Objects that went into packs.
  let packedCount = SharedCounter()
  /// Whether packs are in place that the store has not listed.
  let hasNewPacks = Atomic(false)
  /// Fewer than threads that wait for files to be read: each takes memory for what is in its pack.
  let writers = (0..<min(max(processorCount, 4), 8)).map { _ in PackSlot() }
  private let failure = Mutex<(any Error)?>(nil)

  struct Waiting: Sendable {
    let digest: Digest
    let bytes: [UInt8]
  }

  /// From so many objects on they go into packs.
  static let packingCount = 256

  /// An object that could not be written may have been another thread's: from then on nobody may
  /// believe that what was stored can be seen.
  func fail(_ error: any Error) { failure.withLock { if $0 == nil { $0 = error } } }

  func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// How many packs may be written at once, so that few objects do not make many packs.
  var writerLimit: Int { min(writers.count, 1 + packedCount.current / 4096) }
}

/// A place for a pack that is being written.
final class PackSlot: Sendable {
  let pack = Mutex<OpenPack?>(nil)
}

/// A pack that is being written to a staged file.
struct OpenPack: ~Copyable {
  let path: AbsolutePath
  var writer: PackWriter
  private let file: SharedFile

  init(_ opened: consuming OpenFile) {
    path = opened.path
    let file = SharedFile(opened)
    self.file = file
    writer = PackWriter { block in
      try unsafe block.withUnsafeBytes { try unsafe file.value.write($0) }
    }
  }

  /// Writes the table.
  consuming func finish() throws -> (path: AbsolutePath, summary: PackWriter.Summary) {
    (path, try writer.finish())
  }
}

/// Digests that many threads add to.
final class DigestSet: Sendable {
  private let parts = (0..<64).map { _ in Part() }
  /// Whether there may be members.
  private let isUsed = Atomic(false)

  private final class Part: Sendable {
    let members = Mutex<Set<Digest>>([])
  }

  private func part(of digest: Digest) -> Part { parts[Int(digest[31] & 63)] }

  func contains(_ digest: Digest) -> Bool {
    part(of: digest).members.withLock { $0.contains(digest) }
  }

  /// - Returns: Whether it was not there.
  func insert(_ digest: Digest) -> Bool {
    // Behind the insertion: who removes all meanwhile may have passed its part.
    defer { isUsed.store(true, ordering: .relaxed) }
    return part(of: digest).members.withLock { $0.insert(digest).inserted }
  }

  func removeAll() {
    guard isUsed.exchange(false, ordering: .relaxed) else { return }
    for part in parts { part.members.withLock { $0 = [] } }
  }
}

/// The 256 folders of loose objects, held open while a transaction looks for many objects.
///
/// A folder that was not there when it was opened counts as empty: whoever misses an object that
/// appeared since stores it once more.
final class LooseFolders: Sendable {
  private enum Folder: Sendable {
    case unknown
    /// One object was looked for, which alone is not worth an open folder.
    case used
    case absent
    case open(SharedFile)
  }

  private struct State {
    var folders = Array(repeating: Folder.unknown, count: 256)
    var isUsed = false
  }

  private let state = Mutex(State())

  /// The status of a loose object; `nil` where there is none.
  func status(of digest: Digest, in store: ObjectStore) throws -> FileStatus? {
    let byte = Int(digest[0])
    let folder = state.withLock { state in
      let known = state.folders[byte]
      if case .unknown = known {
        state.folders[byte] = .used
        state.isUsed = true
      }
      return known
    }
    switch folder {
    case .unknown: return try FileSystem.status(of: store.path(of: digest))
    case .absent: return nil
    case .open(let folder): return try folder.value.status(ofObject: digest)
    case .used:
      let path = store.objectsFolder.appending(Digest.hexByte(UInt8(byte)))
      guard let opened = try OpenFile.ifPresent(path, .directory) else {
        state.withLock { $0.folders[byte] = .absent }
        return nil
      }
      let folder = SharedFile(opened)
      state.withLock { $0.folders[byte] = .open(folder) }
      return try folder.value.status(ofObject: digest)
    }
  }

  func close() {
    state.withLock { state in
      if state.isUsed { state = State() }
    }
  }
}
