import DverCore
import DverFileSystem
import DverHashing
import DverManifest

extension Workspace {
  /// Takes note of what was just put in place, so that it need not be hashed again.
  func remember(
    _ path: RepositoryPath, name: ContentName, entries: EntryTable, stamps: [FileStamp]
  ) throws {
    guard name.isDirectory else {
      guard let stamp = stamps.first, let kind = entries.kinds.first else { return }
      try fileIndex.update(
        path,
        content: FileContent(
          digest: name.digest, size: stamp.size, isExecutable: kind == .executable, stamp: stamp),
        isTrusted: Self.isTold(by: stamp, on: try clockPlace(of: stamp.device)))
      return
    }
    var (device, place) = (UInt64.max, FileClock.Place(isNetwork: false))
    let stamps = try stamps.map { stamp in
      if stamp == StatIndex.untrusted || stamp == .none { return stamp }
      if stamp.device != device {
        (device, place) = (stamp.device, try clockPlace(of: stamp.device))
      }
      return Self.isTold(by: stamp, on: place) ? stamp : StatIndex.untrusted
    }
    try saveDirectoryIndex(
      StatIndex(entries: entries, stamps: stamps, name: name, storedAt: FileClock.now()), of: path)
  }

  /// Whether a change of a file that was just put in place would show in its times.
  ///
  /// Where times are fine it does, see ``Checkout``. Where they are coarse, or those of another machine,
  /// only those of files that were written some time ago tell.
  private static func isTold(by stamp: FileStamp, on place: FileClock.Place) -> Bool {
    if !place.isNetwork, FileClock.hasFineTimes(stamp) { return true }
    // Its new name has changed its status, but nothing in it.
    var stamp = stamp
    stamp.changed = stamp.modified
    return FileClock(nanoseconds: FileClock.now().nanoseconds - place.lead)
      .vouches(for: stamp, onNetwork: place.isNetwork)
  }
}
