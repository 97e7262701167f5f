import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

/// One directory as it is now, joined with what is known of it from before.
struct DirectoryScan {
  let folder: AbsolutePath
  /// `.git` and `.dver` below it.
  let skipped: [[UInt8]]
  /// When the objects of all entries were last known to be in the cache.
  let storedAt: FileClock
  /// All entries; digests of those in `unknown` are what they were, or zeros.
  private(set) var entries: EntryTable
  private(set) var trustedStamps: [FileStamp]
  /// Entries to hash; ascending.
  private(set) var unknown: [Int]
  /// Whether anything differs from what was known.
  private(set) var hasNews: Bool
  /// Whether the entries are those that add up to `knownName`.
  private var hasSameEntries: Bool
  private let knownName: ContentName?
  /// Files that are links into a store; empty where there are none.
  private let storeLinks: [Bool]

  /// Joins a walk with what was found out before.
  init(
    folder: AbsolutePath, found: consuming FileTable, known: consuming StatIndex?,
    workspace: Workspace
  ) throws {
    var join = WalkJoin(folder: folder, found: found, known: known ?? StatIndex())
    try join.run(workspace: workspace)
    self.folder = folder
    skipped = join.found.skipped
    storedAt = join.storedAt
    knownName = join.name
    trustedStamps = join.stamps
    unknown = join.unknown
    hasSameEntries = join.hasSameEntries
    hasNews = join.name == nil || !join.unknown.isEmpty || !join.hasSameEntries
    storeLinks = join.storeLinks
    entries = join.entries
  }

  /// Carries out what a comparison with the known entries has found.
  init(folder: AbsolutePath, known: consuming StatIndex, changes: DirectoryChanges) {
    self.folder = folder
    skipped = changes.skipped
    storedAt = known.storedAt
    knownName = known.name
    storeLinks = []
    hasSameEntries = changes.keepsEntries
    hasNews = known.name == nil || !changes.keepsEntries || !changes.modified.isEmpty
    var edit = KnownEdit(known: known, changes: changes)
    edit.run()
    entries = edit.entries
    trustedStamps = edit.stamps
    unknown = edit.unknown
    if edit.changesKinds { hasSameEntries = false }
  }

  /// Whether a file is a link into a store.
  func isStoreLink(_ entry: Int) -> Bool { !storeLinks.isEmpty && storeLinks[entry] }

  /// The bytes that are to be hashed.
  var unknownByteCount: Int64 { unknown.reduce(0) { $0 + entries.sizes[$1] } }

  /// Counts files as unknown whose objects are missing from the store, or may be damaged.
  mutating func distrustLost(in store: ObjectStore, since storedAt: FileClock?) throws {
    // Those that are unknown so far ascend.
    var rest = unknown[...]
    var (lost, portion): ([Int], [Int]) = ([], [])
    for index in 0..<entries.count {
      if rest.first == index {
        rest.removeFirst()
      } else if entries.kinds[index] == .file || entries.kinds[index] == .executable {
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
      among: files.map { entries.digests[$0] }, sizes: files.map { entries.sizes[$0] },
      changedSince: storedAt
    ).compactMap { position, defect in
      let index = files[position]
      if case .suspect = defect, try store.isIntact(entries.digests[index]) { return nil }
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
      if entries.kinds[index] != kind || entries.digests[index] != file.digest {
        hasSameEntries = false
      }
      entries.update(index, kind: kind, digest: file.digest, size: file.status.size)
      let isTrusted = file.isVouchedFor(on: try workspace.clockPlace(of: stamp.device))
      trustedStamps[index] = isTrusted ? stamp : StatIndex.untrusted
    }
    if !hasSameEntries { hasNews = true }
  }

  /// The entries and the name that they add up to.
  func content() throws -> DirectoryContent {
    let name: ContentName
    if hasSameEntries, let knownName {
      name = knownName
    } else {
      let summary = try ManifestBuilder().summary(of: entries)
      name = ContentName(digest: summary.digest, isDirectory: true)
    }
    return DirectoryContent(entries: entries, stamps: trustedStamps, name: name, skipped: skipped)
  }
}
