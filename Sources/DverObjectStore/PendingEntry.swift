import DverFileSystem

/// The record of a transaction whose objects may not be on stable storage yet.
///
/// Written and synced before the transaction publishes anything, removed after a barrier. While its
/// holder lives, the file shows it: see ``LifeSign``.
struct PendingEntry: Sendable {
  let holder: ProcessIdentity
  /// By the store's clock, in nanoseconds since 1970.
  let time: Int64

  init?(text: String) {
    guard let lines = ProcessIdentity.lines(of: text), let holder = ProcessIdentity(lines),
      let time = lines["time"].flatMap({ Int64($0) })
    else { return nil }
    self.holder = holder
    self.time = time
  }

  /// The time of the oldest entry in `folder` that an earlier boot of this host left; an entry that
  /// cannot be read counts with the time of its file.
  static func oldestOfEarlierBoot(in folder: AbsolutePath) throws -> Int64? {
    guard let names = try FileSystem.names(in: folder), !names.isEmpty else { return nil }
    let own = ProcessIdentity.current
    var oldest: Int64?
    for name in names {
      let path = folder.appending(name)
      guard let bytes = try FileSystem.contents(of: path, limit: 4096) else { continue }
      let time: Int64
      if let entry = PendingEntry(text: String(decoding: bytes, as: UTF8.self)) {
        guard entry.holder.host == own.host, entry.holder.boot != own.boot else { continue }
        time = entry.time
      } else {
        // Being written right now, or cut short by a power failure.
        guard let file = try OpenFile.ifPresent(path, .update), try file.tryLock(),
          let status = try FileSystem.status(of: path)
        else { continue }
        time = status.modified
      }
      oldest = min(oldest ?? time, time)
    }
    return oldest
  }
}
