import DverCore
import DverFileSystem
import DverHashing
import DverManifest

/// The walk of a directory, joined with what is known of it: files whose stamps are what they were
/// keep their digests.
struct WalkJoin {
  private let folder: AbsolutePath
  /// Without its stamps once it is joined.
  private(set) var found: FileTable
  /// The content that was known; empty once it is joined.
  private var known: StatIndex
  private(set) var stamps: [FileStamp] = []
  /// Entries to hash; ascending.
  private(set) var unknown: [Int] = []
  /// Files that are links into a store; empty where there are none.
  private(set) var storeLinks: [Bool] = []
  private(set) var hasSameEntries = true
  private var kinds: [EntryKind] = []
  private var digests: [Digest] = []
  private var sizes: [Int64] = []
  private var targets: [Int: [UInt8]] = [:]

  init(folder: AbsolutePath, found: consuming FileTable, known: consuming StatIndex) {
    self.folder = folder
    self.found = found
    self.known = known
  }

  var storedAt: FileClock { known.storedAt }
  var name: ContentName? { known.name }

  var entries: EntryTable {
    EntryTable(paths: found.paths, kinds: kinds, digests: digests, sizes: sizes, targets: targets)
  }

  mutating func run(workspace: Workspace) throws {
    reserve(found.count)
    var position = 0
    for index in 0..<found.count {
      while position < known.entries.count, order(position, index) < 0 {
        position += 1
        hasSameEntries = false
      }
      var match: Int?
      if position < known.entries.count, order(position, index) == 0 {
        match = position
        position += 1
      }
      try add(index, known: match, workspace: workspace)
    }
    if position < known.entries.count { hasSameEntries = false }
    // A million files make a hundred MB of it.
    known = StatIndex(name: known.name, storedAt: known.storedAt)
    found.forgetStamps()
  }

  private mutating func reserve(_ count: Int) {
    stamps.reserveCapacity(count)
    kinds.reserveCapacity(count)
    digests.reserveCapacity(count)
    sizes.reserveCapacity(count)
  }

  /// Compares a known entry with a found one, as manifests order them.
  private func order(_ knownIndex: Int, _ foundIndex: Int) -> Int {
    let left = known.entries.paths.range(knownIndex)
    let right = found.paths.range(foundIndex)
    let order = compareBytes(
      known.entries.paths.bytes.span.extracting(left), found.paths.bytes.span.extracting(right))
    let leftIsFolder = known.entries.kinds[knownIndex] == .emptyDirectory
    let rightIsFolder = found.kinds[foundIndex] == .emptyDirectory
    if leftIsFolder == rightIsFolder, !leftIsFolder { return order }
    return compareAsFolders(left, leftIsFolder, right, rightIsFolder)
  }

  private func compareAsFolders(
    _ left: Range<Int>, _ leftIsFolder: Bool, _ right: Range<Int>, _ rightIsFolder: Bool
  ) -> Int {
    let slash = [RepositoryPath.slash]
    let a = known.entries.paths.bytes[left] + (leftIsFolder ? slash : [])
    let b = found.paths.bytes[right] + (rightIsFolder ? slash : [])
    return compareBytes(Array(a).span, Array(b).span)
  }

  private mutating func add(_ index: Int, known match: Int?, workspace: Workspace) throws {
    let stamp = found.stamps[index]
    switch found.kinds[index] {
    case .emptyDirectory:
      if match == nil { hasSameEntries = false }
      append(.emptyDirectory, Digest.zero, 0, FileStamp.none)
    case .link:
      try addLink(index, stamp: stamp, known: match, workspace: workspace)
    case .file, .executable, .special:
      addFile(
        index, found.kinds[index] == .executable ? .executable : .file, stamp: stamp, known: match)
    }
  }

  private mutating func addFile(
    _ index: Int, _ kind: EntryKind, stamp: FileStamp, known match: Int?
  ) {
    if match.map({ known.entries.kinds[$0] != kind }) ?? true { hasSameEntries = false }
    let digest = match.map { known.entries.digests[$0] } ?? Digest.zero
    if let match, known.stamps[match] == stamp {
      append(kind, digest, stamp.size, stamp)
    } else {
      unknown.append(index)
      append(kind, digest, stamp.size, StatIndex.untrusted)
    }
  }

  private mutating func addLink(
    _ index: Int, stamp: FileStamp, known match: Int?, workspace: Workspace
  ) throws {
    let path = folder.appending(found.paths[index])
    if let object = try workspace.object(behindLink: path) {
      if storeLinks.isEmpty { storeLinks = Array(repeating: false, count: found.count) }
      storeLinks[index] = true
      if let status = object.status {
        return addFile(index, .file, stamp: FileStamp(status), known: match)
      }
      // What it stood for is all there is to say.
      let same = match.flatMap { known.entries.digests[$0] == object.digest ? $0 : nil }
      if same.map({ known.entries.kinds[$0] != .file }) ?? true { hasSameEntries = false }
      let size = try workspace.byteCountInCache(of: object.digest)
      append(
        .file, object.digest, size ?? same.map { known.entries.sizes[$0] } ?? 0,
        StatIndex.untrusted)
      return
    }
    let target = try FileSystem.destination(ofLink: path)
    let digest = SHA256.digest(of: target.span)
    let isKnown =
      match.map { known.entries.kinds[$0] == .link && known.entries.digests[$0] == digest } ?? false
    if !isKnown { hasSameEntries = false }
    targets[kinds.count] = target
    append(.link, digest, 0, stamp)
  }

  private mutating func append(
    _ kind: EntryKind, _ digest: Digest, _ size: Int64, _ stamp: FileStamp
  ) {
    kinds.append(kind)
    digests.append(digest)
    sizes.append(size)
    stamps.append(stamp)
  }
}
