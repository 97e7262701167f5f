import DverCore
package import DverFileSystem
import DverHashing
import Synchronization

/// Large objects that were hashed, with the status that their files had then: while it is the same,
/// they need not be hashed again on their way to the user.
///
/// The stat index does this for the workspace. Any write to an object, by whomever, changes its
/// times; what a power cut may have left half-written is hashed in any case, and so is everything
/// that passes from one store to another.
package final class SoundObjects: Sendable {
  private struct State {
    var known: [Digest: FileStamp]?
    var isChanged = false
  }

  private let file: AbsolutePath
  private let state = Mutex(State())

  /// - Parameter file: Where it is kept; may be deleted at any time.
  package init(file: AbsolutePath) { self.file = file }

  /// Hashing a smaller one costs less than what else is done for a file.
  static let leastByteCount: Int64 = 1 << 20

  /// Whether the object was hashed when its file was as it is now.
  func vouches(for digest: Digest, _ status: FileStatus) -> Bool {
    guard status.size >= Self.leastByteCount else { return false }
    return state.withLock { load(&$0)[digest] == FileStamp(status) }
  }

  /// Takes down that the object, found to be sound, has this status.
  ///
  /// - Parameter hashedAt: A moment before the hashing began of an object that anybody could have
  ///   written to; `nil` for one that appears just now.
  func note(_ digest: Digest, _ status: FileStatus, hashedAt: FileClock?) {
    guard status.size >= Self.leastByteCount else { return }
    let stamp = FileStamp(status)
    // A write in the same tick as the last one would leave the times as they are. The renaming
    // that made an object appear has a tick of its own.
    let moment = hashedAt ?? FileClock(nanoseconds: stamp.changed)
    let latest = hashedAt == nil ? stamp.modified : stamp.latest
    guard latest % FileClock.second != 0, latest < moment.nanoseconds - FileClock.fineTick
    else { return }
    state.withLock { state in
      var known = load(&state)
      state.known = nil
      known[digest] = stamp
      state.known = known
      state.isChanged = true
    }
  }

  /// Writes what was learnt, if anything was.
  package func save() throws {
    try state.withLock { state in
      guard state.isChanged else { return }
      var index = StatIndex()
      for (digest, stamp) in load(&state).sorted(by: { $0.key < $1.key }) {
        index.entries.append(
          path: Array(digest.hex.utf8), kind: .file, digest: digest, size: stamp.size)
        index.stamps.append(stamp)
      }
      try FileSystem.makeDirectories(file.parent)
      try index.save(to: file)
      state.isChanged = false
    }
  }

  private func load(_ state: inout State) -> [Digest: FileStamp] {
    if let known = state.known { return known }
    // Without it everything is hashed, which is slower, not wrong.
    let index = (try? StatIndex.load(from: file)) ?? StatIndex()
    let pairs = zip(index.entries.digests, index.stamps)
    let known = Dictionary(pairs.map { ($0, $1) }) { _, last in last }
    state.known = known
    return known
  }
}
