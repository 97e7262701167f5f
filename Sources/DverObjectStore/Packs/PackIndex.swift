import DverCore

/// All objects of all packs of a store, sorted by digest; an object in two packs stands twice.
final class PackIndex: Sendable {
  let objects: [PackedObject]
  /// By number; some are gone.
  private let packs: [Int: Pack]
  /// What is wrong with packs, by number.
  let damages: [Int: PackDamage]
  /// Where the objects begin whose digests begin with each number of ``bits`` bits.
  private let starts: [UInt32]
  private let bits: Int

  static let empty = PackIndex(objects: [], packs: [], damages: [:])

  /// - Parameter objects: In any order.
  init(objects unsorted: consuming [PackedObject], packs: [Pack], damages: [Int: PackDamage]) {
    unsorted.sort { $0.digest < $1.digest }
    objects = unsorted
    self.packs = Dictionary(packs.map { ($0.number, $0) }) { first, _ in first }
    self.damages = damages
    // Some eight objects a number, so that a search ends in one line of the cache or two.
    var bits = 0
    while bits < 20, objects.count >> bits > 8 { bits += 1 }
    var starts = Array(repeating: UInt32(0), count: 1 << bits + 1)
    for object in objects { starts[Self.prefix(object.digest, bits) + 1] += 1 }
    for number in 0..<1 << bits { starts[number + 1] += starts[number] }
    (self.starts, self.bits) = (starts, bits)
  }

  private static func prefix(_ digest: Digest, _ bits: Int) -> Int {
    bits == 0 ? 0 : Int(digest.words.0 >> UInt64(64 - bits))
  }

  var isEmpty: Bool { objects.isEmpty }

  /// The positions of an object; empty where no pack has it.
  func positions(of digest: Digest) -> Range<Int> {
    let prefix = Self.prefix(digest, bits)
    let end = Int(starts[prefix + 1])
    var first = Int(starts[prefix])
    while first < end, objects[first].digest < digest { first += 1 }
    var last = first
    while last < end, objects[last].digest == digest { last += 1 }
    return first..<last
  }

  /// Where an object stands; the first place if there are several.
  func object(_ digest: Digest) -> PackedObject? {
    let found = positions(of: digest)
    return found.isEmpty ? nil : objects[found.lowerBound]
  }

  func contains(_ digest: Digest) -> Bool { !positions(of: digest).isEmpty }

  func pack(of object: PackedObject) -> Pack {
    guard let pack = packs[object.packNumber] else {
      preconditionFailure("an object without its pack")
    }
    return pack
  }

  func pack(number: Int) -> Pack? { packs[number] }

  /// All packs, sorted by name.
  var allPacks: [Pack] { packs.values.sorted { $0.name < $1.name } }

  /// How many objects each pack has, by number.
  var objectCounts: [Int: Int] {
    var counts: [Int: Int] = [:]
    for object in objects { counts[object.packNumber, default: 0] += 1 }
    return counts
  }

  /// The objects of a pack in the order of their records.
  func objects(of pack: Pack) -> [PackedObject] {
    objects.filter { $0.packNumber == pack.number }.sorted { $0.order < $1.order }
  }

  /// The objects of each pack in the order of their records, by the pack's number.
  func objectsByPack(where isWanted: (PackedObject) -> Bool) -> [Int: [PackedObject]] {
    Dictionary(grouping: objects.filter(isWanted), by: \.packNumber)
      .mapValues { $0.sorted { $0.order < $1.order } }
  }

  /// Each object once, sorted.
  var digests: [Digest] {
    objects.indices.filter { $0 == 0 || objects[$0].digest != objects[$0 - 1].digest }
      .map { objects[$0].digest }
  }
}

/// What is wrong with a pack.
enum PackDamage: Sendable {
  /// Its table cannot be trusted; its objects were found by their records.
  case table(PackError)
  /// Objects whose bytes are wrong were left out.
  case records
  /// This version cannot read it, or the disk does not give it back.
  case unreadable
}
