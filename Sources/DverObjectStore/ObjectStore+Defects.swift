package import DverCore
import DverFileSystem
package import DverHashing
import DverParallel

extension ObjectStore {
  /// What is wrong with one of many objects.
  package enum Defect: Sendable {
    case missing
    case wrongSize
    /// Changed after the time that was asked for.
    case suspect
  }

  /// The objects that are not there, or not as they should be: their positions in `digests`.
  ///
  /// Cost: a search among the packed objects, or else a look at the loose one from an open
  /// descriptor of its folder, on all processors.
  ///
  /// - Parameters:
  ///   - sizes: The bytes of each object; a negative number where unknown.
  ///   - knownGood: Objects whose status changed at or after this time are suspect; `nil` to leave
  ///     that out.
  package func defects(
    among digests: [Digest], sizes: [Int64], changedSince knownGood: FileClock? = nil
  ) throws -> [(index: Int, defect: Defect)] {
    precondition(digests.count == sizes.count)
    guard !digests.isEmpty else { return [] }
    let search = DefectSearch(
      digests: digests, sizes: sizes, knownGood: knownGood, folder: objectsFolder,
      distrustedSince: distrustedSince)
    let index = try packs.refreshed()
    var found = try search.run(in: index)
    guard Self.hasMissing(found) else { return found }
    // Somebody may have moved loose objects into a pack in between.
    let later = try packs.refreshed()
    if later !== index { found = try search.run(in: later) }
    // All of them are missing in a store that is new, where a second search would be for nothing.
    guard Self.hasMissing(found), try FileSystem.exists(folder.appending("trash")) else {
      return found
    }
    let missing = found.filter { Self.isMissing($0.defect) }.map { digests[$0.index] }.sorted()
    // Where there is nothing to rescue, somebody else may just have done it.
    _ = try rescue(missing)
    return try search.run(in: packs.refreshed())
  }

  private static func hasMissing(_ found: [(index: Int, defect: Defect)]) -> Bool {
    found.contains { isMissing($0.defect) }
  }

  private static func isMissing(_ defect: Defect) -> Bool {
    if case .missing = defect { true } else { false }
  }
}

/// One search for defects among many objects.
private struct DefectSearch: Sendable {
  let digests: [Digest]
  let sizes: [Int64]
  let knownGood: FileClock?
  let folder: AbsolutePath
  /// Positions in `digests`, by the first byte of the digest: one chunk a folder.
  private let members: [[Int32]]
  private let looseLimit: Int64

  init(
    digests: [Digest], sizes: [Int64], knownGood: FileClock?, folder: AbsolutePath,
    distrustedSince: Int64?
  ) {
    self.digests = digests
    self.sizes = sizes
    self.knownGood = knownGood
    self.folder = folder
    var members = Array(repeating: [Int32](), count: 256)
    for (position, digest) in digests.enumerated() {
      members[Int(digest[0])].append(Int32(position))
    }
    self.members = members
    looseLimit = min(knownGood?.nanoseconds ?? .max, distrustedSince ?? .max)
  }

  func run(in index: PackIndex) throws -> [(index: Int, defect: ObjectStore.Defect)] {
    let occupied = (0..<256).filter { !members[$0].isEmpty }
    let parts = try parallelMap(occupied) { byte in
      var (defects, loose): ([(index: Int, defect: ObjectStore.Defect)], [Int]) = ([], [])
      for position in self.members[byte].map(Int.init) {
        if let object = index.object(self.digests[position]) {
          if let defect = self.defect(of: object, at: position, in: index) {
            defects.append((position, defect))
          }
        } else {
          loose.append(position)
        }
      }
      if !loose.isEmpty { try self.appendDefects(ofLoose: loose, byte, to: &defects) }
      return defects
    }
    // In the order of the digests, faster than by sorting where many are missing.
    var found = [ObjectStore.Defect?](repeating: nil, count: digests.count)
    for part in parts { for (index, defect) in part { found[index] = defect } }
    return found.indices.compactMap { index in found[index].map { (index, $0) } }
  }

  private func defect(
    of object: PackedObject, at position: Int, in index: PackIndex
  ) -> ObjectStore.Defect? {
    if sizes[position] >= 0, Int64(object.byteCount) != sizes[position] { return .wrongSize }
    // One that cannot be trusted after a power cut was hashed when its pack was read.
    guard let knownGood, index.pack(of: object).stamp.changed >= knownGood.nanoseconds else {
      return nil
    }
    return .suspect
  }

  private func appendDefects(
    ofLoose positions: [Int], _ byte: Int,
    to defects: inout [(index: Int, defect: ObjectStore.Defect)]
  ) throws {
    let name = Digest.hexByte(UInt8(byte))
    guard let directory = try OpenFile.ifPresent(folder.appending(name), .directory) else {
      defects += positions.map { ($0, .missing) }
      return
    }
    for position in positions {
      let status = try directory.status(ofObject: digests[position])
      guard let status, status.isFile else {
        defects.append((position, .missing))
        continue
      }
      if sizes[position] >= 0, status.size != sizes[position] {
        defects.append((position, .wrongSize))
      } else if status.changed >= looseLimit {
        defects.append((position, .suspect))
      }
    }
  }
}

extension OpenFile {
  /// The status of an object in an open folder of objects.
  borrowing func status(ofObject digest: Digest) throws -> FileStatus? {
    try unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Digest.hexCount) { name in
      unsafe digest.writeHex(from: 1, to: name)
      guard let start = name.baseAddress else { return nil }
      return try unsafe status(ofName: UnsafePointer(start))
    }
  }
}
