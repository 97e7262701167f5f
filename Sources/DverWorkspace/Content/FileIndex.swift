import DverCore
import DverFileSystem
import DverHashing
import Synchronization

/// What is known of single files, tracked or depended on: one stat index for all of them.
///
/// Loaded when first asked, written at the end of the command if anything was learnt.
final class FileIndex: Sendable {
  private struct Item {
    var digest: Digest
    var kind: EntryKind
    var stamp: FileStamp
    /// When its object was last known to be sound.
    var storedAt: FileClock
  }

  private struct State {
    var stored: StatIndex?
    var news: [RepositoryPath: Item] = [:]
    /// The files whose objects this command knows to be sound.
    var sound: Set<RepositoryPath> = []
  }

  let path: AbsolutePath
  private let state = Mutex(State())

  init(_ path: AbsolutePath) { self.path = path }

  /// The digest of a file whose stamp is what it was when it was hashed, and when its object was
  /// last known to be sound.
  func lookup(
    _ file: RepositoryPath, stamp: FileStamp
  ) throws -> (digest: Digest, storedAt: FileClock)? {
    try state.withLock { state in
      if let item = state.news[file] {
        return item.stamp == stamp ? (item.digest, item.storedAt) : nil
      }
      let index = try Self.load(&state, path)
      guard let position = index.position(of: file), index.stamps[position] == stamp else {
        return nil
      }
      return (index.entries.digests[position], index.timeStored(at: position))
    }
  }

  /// Takes down what a file holds; without trust it will be hashed again.
  func update(_ file: RepositoryPath, content: FileContent, isTrusted: Bool) throws {
    let item = Item(
      digest: content.digest, kind: content.isExecutable ? .executable : .file,
      stamp: isTrusted ? content.stamp : StatIndex.untrusted,
      storedAt: FileClock(nanoseconds: 0))
    state.withLock { $0.news[file] = item }
  }

  /// Takes down that the object of a file is in the cache, and sound.
  func noteSound(_ file: RepositoryPath) { state.withLock { _ = $0.sound.insert(file) } }

  /// Writes what was learnt, if anything was.
  ///
  /// - Parameter storedAt: When the objects that are known to be sound were so, if the command made
  ///   sure; of other files nothing new is known.
  func save(storedAt: FileClock? = nil) throws {
    try state.withLock { state in
      guard !state.news.isEmpty else { return }
      let index = try Self.load(&state, path)
      var merged = StatIndex()
      var times: [FileClock] = []
      let sound = storedAt == nil ? [] : state.sound
      let news = state.news.sorted { $0.key < $1.key }
      var position = 0
      func append(_ path: some Collection<UInt8>, _ item: Item) {
        merged.entries.append(
          path: path, kind: item.kind, digest: item.digest, size: max(0, item.stamp.size))
        merged.stamps.append(item.stamp)
        let isSound = !sound.isEmpty && sound.contains(RepositoryPath(normalized: Array(path)))
        times.append(isSound ? storedAt ?? item.storedAt : item.storedAt)
      }
      func copy(below limit: [UInt8]?) {
        while position < index.entries.count {
          let path = index.entries.paths[position]
          if let limit, !path.lexicographicallyPrecedes(limit) { break }
          append(
            path,
            Item(
              digest: index.entries.digests[position], kind: index.entries.kinds[position],
              stamp: index.stamps[position], storedAt: index.timeStored(at: position)))
          position += 1
        }
      }
      for (path, found) in news {
        var item = found
        copy(below: path.bytes)
        if position < index.entries.count, index.entries.paths[position].elementsEqual(path.bytes) {
          if index.entries.digests[position] == item.digest {
            item.storedAt = index.timeStored(at: position)
          }
          position += 1
        }
        append(path.bytes, item)
      }
      copy(below: nil)
      merged.storedTimes = times
      try FileSystem.makeDirectories(path.parent)
      try merged.save(to: path)
      state.stored = merged
      (state.news, state.sound) = ([:], [])
    }
  }

  private static func load(_ state: inout State, _ path: AbsolutePath) throws -> StatIndex {
    if let stored = state.stored { return stored }
    let loaded = try StatIndex.load(from: path) ?? StatIndex()
    state.stored = loaded
    return loaded
  }
}

extension StatIndex {
  /// When the object of an entry was last known to be sound.
  fileprivate func timeStored(at position: Int) -> FileClock { storedTimes?[position] ?? storedAt }

  /// Where a file stands in an index of single files.
  func position(of file: RepositoryPath) -> Int? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries.paths[middle].lexicographicallyPrecedes(file.bytes) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < entries.count && entries.paths[low].elementsEqual(file.bytes) ? low : nil
  }
}
