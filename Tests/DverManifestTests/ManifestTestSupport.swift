import DverCore
import DverHashing
import DverManifest
import Synchronization

/// A repeatable source of numbers (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}

/// An entry as tests speak of it.
struct Entry: Hashable, Comparable, CustomStringConvertible {
  var path: [UInt8]
  var kind: EntryKind
  var digest: Digest
  var size: Int64
  var target: [UInt8]?

  var key: [UInt8] { kind == .emptyDirectory ? path + [0x2f] : path }
  var description: String { "\(kind) \(PathQuoting.quoted(path))" }

  static func < (left: Entry, right: Entry) -> Bool {
    left.key.lexicographicallyPrecedes(right.key)
  }

  static func file(_ path: String, _ content: String = "", executable: Bool = false) -> Entry {
    .file(Array(path.utf8), content, executable: executable)
  }

  static func file(_ path: [UInt8], _ content: String, executable: Bool = false) -> Entry {
    let bytes = Array(content.utf8)
    return Entry(
      path: path, kind: executable ? .executable : .file, digest: SHA256.digest(of: bytes.span),
      size: Int64(bytes.count))
  }

  static func link(_ path: [UInt8], to target: [UInt8]) -> Entry {
    Entry(
      path: path, kind: .link, digest: SHA256.digest(of: target.span), size: 0, target: target)
  }

  static func empty(_ path: [UInt8]) -> Entry {
    Entry(path: path, kind: .emptyDirectory, digest: Digest(words: (0, 0, 0, 0)), size: 0)
  }
}

extension EntryTable {
  /// A table of `entries` in any order.
  init(_ entries: some Sequence<Entry>) {
    self.init()
    for entry in entries.sorted() {
      append(
        path: entry.path, kind: entry.kind, digest: entry.digest, size: entry.size,
        target: entry.target)
    }
  }

  var list: [Entry] {
    (0..<count).map {
      Entry(
        path: Array(paths[$0]), kind: kinds[$0], digest: digests[$0], size: sizes[$0],
        target: targets[$0])
    }
  }
}

/// Nodes by digest and by place, as a builder delivered them.
final class NodeStore: Sendable {
  private let files = Mutex<[RepositoryPath: ManifestNodeFile]>([:])
  private let objects = Mutex<[Digest: [UInt8]]>([:])
  private let loads = Mutex<[RepositoryPath]>([])

  func add(_ file: ManifestNodeFile) {
    files.withLock { $0[file.location] = file }
    objects.withLock { $0[file.digest] = file.bytes }
  }

  @discardableResult
  func add(_ bytes: [UInt8]) -> Digest {
    let digest = SHA256.digest(of: bytes.span)
    objects.withLock { $0[digest] = bytes }
    return digest
  }

  /// The bytes under `digest`; there may be none for damaged names.
  func object(_ digest: Digest) -> [UInt8]? { objects.withLock { $0[digest] } }

  var sortedFiles: [ManifestNodeFile] {
    files.withLock { $0.values.sorted { $0.location < $1.location } }
  }

  /// The places whose nodes were loaded so far, sorted; forgets them.
  func takeLoads() -> [RepositoryPath] {
    loads.withLock { loads in
      defer { loads = [] }
      return loads.sorted()
    }
  }

  struct Missing: Error {}

  func reader(
    _ shape: ManifestShape = .standard, threads: Int = 2, maximumEntryCount: Int = 1 << 26
  ) -> ManifestReader {
    ManifestReader(shape: shape, threads: threads, maximumEntryCount: maximumEntryCount) {
      [self] digest, location in
      loads.withLock { $0.append(location) }
      guard let bytes = object(digest) else { throw Missing() }
      return bytes
    }
  }

  @discardableResult
  func build(
    _ table: EntryTable, _ shape: ManifestShape = .standard, threads: Int = 2
  ) throws -> ManifestSummary {
    try ManifestBuilder(shape: shape, threads: threads).build(table) { self.add($0) }
  }
}

extension ManifestShape {
  /// Reaches every case with some hundred entries.
  static let small = ManifestShape(
    inlinedEntryLimit: 12, subtreeEntryMinimum: 4, rangeZeroBits: 2, rangeLineLimit: 6,
    outerRangeZeroBits: 4)
}

let seeds: [UInt64] = Array(1...12)

/// A tree with names of every kind, some deep, some wide folders, no two names alike.
func randomEntries(_ count: Int, _ numbers: inout SeededNumbers) -> [Entry] {
  let names =
    [
      "a", "b", "a-b", "a.b", "ab", "data", "Data", "\u{e9}t\u{e9}", "quo\"te", "back\\slash",
      "new\nline", " blank", "0", "+", "+x", "tab\t", ".gitignore", "end.",
    ].map { Array($0.utf8) } + [[0xff, 0xfe], [0x61, 0x80], [0x01]]
  var entries: [[UInt8]: Entry] = [:]
  var folders: Set<[UInt8]> = []
  for number in 0..<count {
    var path: [UInt8] = []
    for _ in 0..<numbers.below(4) { path += names[numbers.below(names.count)] + [0x2f] }
    path += names[numbers.below(names.count)] + Array("\(numbers.below(count * 2))".utf8)
    let parents = path.indices.filter { path[$0] == 0x2f }.map { Array(path[..<$0]) }
    guard entries[path] == nil, !folders.contains(path),
      !parents.contains(where: { entries[$0] != nil })
    else { continue }
    folders.formUnion(parents)
    switch numbers.below(10) {
    case 0: entries[path] = .link(path, to: names[numbers.below(names.count)])
    case 1: entries[path] = .empty(path)
    case 2: entries[path] = .file(path, "\(number)", executable: true)
    default: entries[path] = .file(path, "\(number % 50)")
    }
  }
  return entries.values.sorted()
}
