import DverCore
import DverFileSystem
import DverHashing

/// The known entries of a directory, changed to what a comparison has found.
///
/// Cost: what changed, and a copy of the columns where entries came or went.
struct KnownEdit {
  private(set) var entries: EntryTable
  private(set) var stamps: [FileStamp]
  /// Entries to hash; ascending.
  private(set) var unknown: [Int] = []
  /// Whether a file became executable, or ceased to be.
  private(set) var changesKinds = false
  private let changes: DirectoryChanges

  init(known: consuming StatIndex, changes: DirectoryChanges) {
    entries = known.entries
    stamps = known.stamps
    self.changes = changes
  }

  mutating func run() {
    for modification in changes.modified {
      note(
        modification.entry, modification.isExecutable ? .executable : .file,
        size: modification.stamp.size)
    }
    if !changes.keepsEntries { move() }
  }

  /// A file that has to be hashed.
  private mutating func note(_ entry: Int, _ kind: EntryKind, size: Int64) {
    if entries.kinds[entry] != kind { changesKinds = true }
    entries.update(entry, kind: kind, digest: entries.digests[entry], size: size)
    stamps[entry] = StatIndex.untrusted
    unknown.append(entry)
  }

  /// Leaves out what is gone and puts in what is new.
  private mutating func move() {
    let (before, stampsBefore) = (entries, stamps)
    let waiting = unknown
    var (removed, unmoved) = (changes.removed[...], waiting[...])
    (entries, stamps, unknown) = (EntryTable(), [], [])
    entries.reserveCapacity(
      before.count + changes.added.count,
      pathByteCount: before.paths.bytes.count + changes.added.paths.bytes.count)
    stamps.reserveCapacity(before.count + changes.added.count)
    var position = 0
    func copy(below limit: Int) {
      while position < limit {
        let end = min(limit, removed.first ?? limit)
        while let next = unmoved.first, next < end {
          unknown.append(next - position + entries.count)
          unmoved.removeFirst()
        }
        entries.append(contentsOf: before, position..<end)
        stamps.append(contentsOf: stampsBefore[position..<end])
        position = end
        if removed.first == end {
          removed.removeFirst()
          position += 1
        }
      }
    }
    for index in 0..<changes.added.count {
      copy(below: before.position(of: changes.added, index))
      append(index)
    }
    copy(below: before.count)
  }

  private mutating func append(_ index: Int) {
    let (kind, stamp) = (changes.added.kinds[index], changes.added.stamps[index])
    let isFolder = kind == .emptyDirectory
    if !isFolder { unknown.append(entries.count) }
    entries.append(
      path: changes.added.paths[index],
      kind: isFolder ? .emptyDirectory : kind == .executable ? .executable : .file,
      digest: Digest.zero, size: isFolder ? 0 : stamp.size)
    stamps.append(isFolder ? FileStamp.none : StatIndex.untrusted)
  }
}

extension EntryTable {
  /// Where an entry of another table belongs: the first one that does not stand before it.
  fileprivate func position(of other: FileTable, _ index: Int) -> Int {
    func key(_ path: ArraySlice<UInt8>, isFolder: Bool) -> [UInt8] {
      path + (isFolder ? [RepositoryPath.slash] : [])
    }
    let wanted = key(other.paths[index], isFolder: other.kinds[index] == .emptyDirectory)
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let present = key(paths[middle], isFolder: kinds[middle] == .emptyDirectory)
      if present.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
