import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

/// The walk of one directory, joined with what is known of it from before.
struct DirectoryScan {
  let folder: AbsolutePath
  /// Without its stamps once it is matched.
  private(set) var found: FileTable
  /// When the objects of all entries were last known to be in the cache.
  let storedAt: FileClock
  /// The content that was known, until it is matched its entries too.
  private var known: StatIndex
  /// Entries to hash: positions in `found`.
  private(set) var unknown: [Int] = []
  /// Whether anything differs from what was known.
  private(set) var hasNews: Bool
  private(set) var trustedStamps: [FileStamp] = []
  private var kinds: [EntryKind] = []
  private var digests: [Digest] = []
  private var sizes: [Int64] = []
  private var targets: [Int: [UInt8]] = [:]
  private var hasSameEntries = true

  /// - Parameter known: What was found out before.
  init(folder: AbsolutePath, found: FileTable, known: consuming StatIndex?) {
    self.folder = folder
    self.found = found
    let known = known ?? StatIndex()
    storedAt = known.storedAt
    hasNews = known.name == nil
    self.known = known
  }

  /// Takes over the digests of the files whose stamps are what they were.
  mutating func match(workspace: Workspace) throws {
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
    if !hasSameEntries { hasNews = true }
    // A million files make a hundred MB of it.
    known = StatIndex(name: known.name)
    found.forgetStamps()
  }

  /// The bytes that are to be hashed.
  var unknownByteCount: Int64 { unknown.reduce(0) { $0 + sizes[$1] } }

  private mutating func reserve(_ count: Int) {
    trustedStamps.reserveCapacity(count)
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
      append(.emptyDirectory, Digest(words: (0, 0, 0, 0)), 0, FileStamp.none)
    case .link:
      try addLink(index, stamp: stamp, known: match, workspace: workspace)
    case .file, .executable, .special:
      let kind: EntryKind = found.kinds[index] == .executable ? .executable : .file
      if match.map({ known.entries.kinds[$0] != kind }) ?? true { hasSameEntries = false }
      let digest = match.map { known.entries.digests[$0] } ?? Digest(words: (0, 0, 0, 0))
      if let match, known.stamps[match] == stamp {
        append(kind, digest, stamp.size, stamp)
      } else {
        hasNews = true
        unknown.append(index)
        append(kind, digest, stamp.size, StatIndex.untrusted)
      }
    }
  }

  private mutating func addLink(
    _ index: Int, stamp: FileStamp, known match: Int?, workspace: Workspace
  ) throws {
    let path = folder.appending(found.paths[index])
    if let object = try workspace.object(behindLink: path) {
      let isKnown =
        match.map {
          known.entries.kinds[$0] == .file && known.entries.digests[$0] == object.digest
        } ?? false
      if !isKnown { hasSameEntries = false }
      append(.file, object.digest, object.size ?? 0, stamp)
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
    trustedStamps.append(stamp)
  }

  /// Counts files as unknown whose objects are missing from the store, or may be damaged.
  mutating func distrustLost(in store: ObjectStore, since storedAt: FileClock?) throws {
    // Those that are unknown so far ascend.
    var rest = unknown[...]
    var (lost, portion): ([Int], [Int]) = ([], [])
    for index in kinds.indices {
      if rest.first == index {
        rest.removeFirst()
      } else if kinds[index] == .file || kinds[index] == .executable {
        portion.append(index)
      }
      if portion.count == Self.portionCount {
        lost += try self.lost(of: portion, in: store, since: storedAt)
        portion.removeAll(keepingCapacity: true)
      }
    }
    lost += try self.lost(of: portion, in: store, since: storedAt)
    unknown = (unknown + lost).sorted()
  }

  private func lost(
    of files: [Int], in store: ObjectStore, since storedAt: FileClock?
  ) throws -> [Int] {
    try store.defects(
      among: files.map { digests[$0] }, sizes: files.map { sizes[$0] }, changedSince: storedAt
    ).compactMap { position, defect in
      let index = files[position]
      if case .suspect = defect, try store.isIntact(digests[index]) { return nil }
      return index
    }
  }

  /// So many files at once: a million would take memory for nothing.
  private static let portionCount = 1 << 16

  /// Takes what hashing found; `hashed` stands in the order of ``unknown``, from its entry `start`
  /// on.
  mutating func fill(_ hashed: [HashedFile], from start: Int, workspace: Workspace) throws {
    for (index, file) in zip(unknown[start...], hashed) {
      let kind: EntryKind = file.status.isExecutable ? .executable : .file
      let stamp = FileStamp(file.status)
      if kinds[index] != kind || digests[index] != file.digest { hasSameEntries = false }
      kinds[index] = kind
      digests[index] = file.digest
      sizes[index] = file.status.size
      let isTrusted = file.isVouchedFor(on: try workspace.clockPlace(of: stamp.device))
      trustedStamps[index] = isTrusted ? stamp : StatIndex.untrusted
    }
    if !hasSameEntries { hasNews = true }
  }

  /// The entries and the name that they add up to.
  func content() throws -> DirectoryContent {
    let entries = EntryTable(
      paths: found.paths, kinds: kinds, digests: digests, sizes: sizes, targets: targets)
    let name: ContentName
    if hasSameEntries, let knownName = known.name {
      name = knownName
    } else {
      let summary = try ManifestBuilder().summary(of: entries)
      name = ContentName(digest: summary.digest, isDirectory: true)
    }
    return DirectoryContent(
      entries: entries, stamps: trustedStamps, name: name, skipped: found.skipped)
  }
}

extension FileStamp {
  /// The stamp of an empty directory, whose times say nothing.
  static let none = FileStamp(device: 0, inode: 0, size: 0, modified: 0, changed: 0)
}
