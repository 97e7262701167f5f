import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel

/// Units of a checkout that are made at once, out of sight.
struct CheckoutWave: Sendable {
  /// A unit that is complete but cannot be seen yet.
  struct StagedUnit: Sendable {
    enum Place: Sendable {
      case folder(AbsolutePath, RepositoryPath)
      case files([AbsolutePath])
    }

    let place: Place
    /// Desired entries, and the stamps that their files had when they were complete.
    let entries: [Int]
    fileprivate(set) var stamps: [FileStamp]

    /// Where an entry is made.
    fileprivate func target(_ position: Int, of desired: EntryTable) -> AbsolutePath {
      switch place {
      case .files(let paths): paths[position]
      case .folder(let base, let folder):
        base.appending(
          desired.paths[entries[position]].dropFirst(folder.isRoot ? 0 : folder.bytes.count + 1))
      }
    }
  }

  let units: [CheckoutUnit]
  let desired: EntryTable
  /// Hands out names where nothing is.
  let names: @Sendable () -> AbsolutePath

  /// Makes one entry at a place where nothing is, and returns its stamp.
  typealias Make = @Sendable (Int, AbsolutePath, inout FileHasher) throws -> FileStamp

  /// Makes first all folders and then the files, in the order in which their objects stand in packs:
  /// whoever reads a disk reads each pack from its beginning to its end.
  func stage(from store: ObjectStore, make: Make) throws -> [StagedUnit] {
    var staged = try parallelMap(units) { try self.prepare($0) }
    let order = try order(of: staged, in: store)
    let prepared = staged
    let stamps = try parallelMap(
      count: (order.count + Self.portionCount - 1) / Self.portionCount, state: { FileHasher() }
    ) { hasher, number in
      let start = number * Self.portionCount
      return try order[start..<min(start + Self.portionCount, order.count)].map { item in
        let unit = prepared[Int(item.unit)]
        let position = Int(item.position)
        return try make(
          unit.entries[position], unit.target(position, of: self.desired), &hasher)
      }
    }
    for (number, portion) in stamps.enumerated() {
      for (offset, stamp) in portion.enumerated() {
        let item = order[number * Self.portionCount + offset]
        staged[Int(item.unit)].stamps[Int(item.position)] = stamp
      }
    }
    return staged
  }

  /// What a thread takes at once: enough to stay in one place of a pack.
  private static let portionCount = 64

  /// An entry to be made, and where its object stands.
  private struct Item: Sendable {
    let unit: Int32
    let position: Int32
    var place: UInt64 = 0
  }

  private func order(of staged: [StagedUnit], in store: ObjectStore) throws -> [Item] {
    var items: [Item] = []
    for (number, unit) in staged.enumerated() {
      for position in unit.entries.indices {
        items.append(Item(unit: Int32(number), position: Int32(position)))
      }
    }
    let places = try store.places(
      of: items.map { desired.digests[staged[Int($0.unit)].entries[Int($0.position)]] })
    guard places.contains(where: { $0 != nil }) else { return items }
    for index in items.indices { items[index].place = places[index] ?? 0 }
    // Loose ones first, as they are listed.
    return items.sorted { ($0.place, $0.unit, $0.position) < ($1.place, $1.unit, $1.position) }
  }

  /// Finds places for the entries of a unit and makes the folders around them.
  private func prepare(_ unit: CheckoutUnit) throws -> StagedUnit {
    switch unit {
    case .folder(let path, let range):
      let base = names()
      try FileSystem.makeDirectory(base)
      var last: ArraySlice<UInt8> = []
      let skipped = path.isRoot ? 0 : path.bytes.count + 1
      for index in range {
        let relative = desired.paths[index].dropFirst(skipped)
        let parent = relative.lastIndex(of: RepositoryPath.slash).map { relative[..<$0] } ?? []
        if parent != last, !parent.isEmpty {
          try FileSystem.makeDirectories(base.appending(parent))
        }
        last = parent
      }
      return unstamped(.folder(base, path), Array(range))
    case .entries(let indices):
      return unstamped(.files(indices.map { _ in names() }), indices)
    }
  }

  private func unstamped(_ place: StagedUnit.Place, _ entries: [Int]) -> StagedUnit {
    StagedUnit(
      place: place, entries: entries, stamps: entries.map { _ in StatIndex.untrusted })
  }
}
