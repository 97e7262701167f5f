import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import Glibc
import Synchronization

/// The packs of a store: listed when somebody asks, their tables read once each.
///
/// Nothing is believed because of an earlier listing: ``refreshed()`` lists again, and a pack whose
/// file is another one, or has another length or time, is read anew.
final class PackFolder: Sendable {
  let folder: AbsolutePath
  /// Packs that changed since then are hashed before they are believed.
  private let distrustedSince: Int64?
  private let descriptors = PackDescriptors()
  private let state = Mutex(State())

  private struct State {
    var index: PackIndex?
    /// Whether this process added packs since.
    var isOld = false
    /// The folder's stamp before the last listing, if a later change must show in it.
    var stamp: FileStamp?
    var nextNumber = 0
  }

  static let suffix = ".pack"

  /// Whether a file has the name of a pack: a digest and the suffix.
  static func isPack(_ name: [UInt8]) -> Bool {
    name.count == Digest.hexCount + suffix.utf8.count
      && name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  init(_ folder: AbsolutePath, distrustedSince: Int64?) {
    self.folder = folder
    self.distrustedSince = distrustedSince
  }

  /// Where a pack of this name is, or would be.
  func path(of name: Digest) -> AbsolutePath { folder.appending(name.hex + Self.suffix) }

  /// What was known at the last listing, or after the first one.
  func current() throws -> PackIndex {
    if let index = state.withLock({ $0.isOld ? nil : $0.index }) { return index }
    return try refreshed()
  }

  /// What is there now, as far as the folder's time tells: packs that appeared or went.
  func recent() throws -> PackIndex {
    let known = state.withLock { $0.isOld ? nil : $0.stamp }
    if let known, try FileSystem.status(of: folder).map(FileStamp.init) == known {
      return try current()
    }
    return try refreshed()
  }

  /// Has the next one who asks list the packs again.
  func expire() { state.withLock { $0.isOld = true } }

  /// What is there now.
  func refreshed() throws -> PackIndex {
    let isNetwork = try FileSystem.traits(of: folder.parent).isNetwork
    return try state.withLock { state in
      let clock = FileClock.now()
      let stamp = try FileSystem.status(of: folder).map(FileStamp.init)
      state.stamp = stamp.flatMap { clock.vouches(for: $0, onNetwork: isNetwork) ? $0 : nil }
      let listing = try list()
      state.isOld = false
      let index = state.index ?? .empty
      let known = index.allPacks
      let isSame =
        known.count == listing.count
        && zip(known, listing).allSatisfy { $0.name == $1.name && $0.stamp == $1.stamp }
      if state.index != nil, isSame { return index }
      let updated = try update(index, to: listing, &state.nextNumber)
      state.index = updated
      return updated
    }
  }

  private struct Listed {
    let name: Digest
    let stamp: FileStamp
  }

  /// Sorted by name.
  private func list() throws -> [Listed] {
    var listing: [Listed] = []
    for name in try FileSystem.names(in: folder) ?? [] {
      guard Self.isPack(name),
        let digest = Digest(hex: name.span.extracting(0..<Digest.hexCount)),
        let status = try FileSystem.status(of: folder.appending(name)), status.isFile
      else { continue }
      listing.append(Listed(name: digest, stamp: FileStamp(status)))
    }
    return listing
  }

  /// Keeps what is known of packs that are as they were, and reads the others.
  private func update(
    _ index: PackIndex, to listing: [Listed], _ nextNumber: inout Int
  ) throws -> PackIndex {
    let known = Dictionary(index.allPacks.map { ($0.name, $0) }) { first, _ in first }
    var (kept, news): ([Pack], [Pack]) = ([], [])
    for listed in listing {
      if let pack = known[listed.name], pack.stamp == listed.stamp {
        kept.append(pack)
      } else {
        news.append(
          Pack(
            number: nextNumber, name: listed.name, path: path(of: listed.name),
            stamp: listed.stamp, descriptors: descriptors))
        nextNumber += 1
      }
    }
    let numbers = Set(kept.map(\.number))
    for pack in index.allPacks where !numbers.contains(pack.number) { descriptors.forget(pack) }
    var loaded = try parallelMap(news) {
      try PackLoader.load($0, distrustedSince: self.distrustedSince)
    }
    var objects =
      numbers.count == index.allPacks.count
      ? index.objects : index.objects.filter { numbers.contains($0.packNumber) }
    objects.reserveCapacity(objects.count + loaded.reduce(0) { $0 + ($1?.objects.count ?? 0) })
    var damages = index.damages.filter { numbers.contains($0.key) }
    for (number, pack) in news.enumerated() {
      guard let found = loaded[number] else { continue }
      // Never all of them twice in memory.
      loaded[number] = nil
      kept.append(pack)
      objects.append(contentsOf: found.objects)
      damages[pack.number] = found.damage
    }
    return PackIndex(objects: objects, packs: kept, damages: damages)
  }
}
