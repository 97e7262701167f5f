package import DverCore
package import DverFileSystem
import DverHashing

/// What is known of a directory whose objects were all in a store: as long as no folder of objects
/// has changed, they still are.
///
/// A folder's modification time changes when a name in it appears or goes, so a look at the 256
/// folders of loose objects and the one of packs saves one at every object. That an object is there says nothing about its content.
package struct PresenceRecord: Hashable, Sendable {
  /// The content whose objects were there.
  package let name: Digest
  package let storeID: String
  /// Nanoseconds of each folder's modification, the packs' last; 0 where there is no folder, `nil`
  /// where the time cannot be relied on.
  fileprivate let times: [Int64?]

  private static let header = "dver-presence 2"

  package func save(to path: AbsolutePath) throws {
    let lines = [Self.header, name.hex, storeID] + times.map { $0.map { String($0) } ?? "-" }
    try FileSystem.replaceContents(of: path, with: Array((lines.joined(separator: "\n")).utf8))
  }

  package static func load(from path: AbsolutePath) throws -> PresenceRecord? {
    guard let bytes = try FileSystem.contents(of: path, limit: 64 * 1024) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 3 + 257, lines[0] == header, let name = Digest(hex: lines[1]) else {
      return nil
    }
    return PresenceRecord(
      name: name, storeID: String(lines[2]), times: lines[3...].map { Int64($0) })
  }
}

extension ObjectStore {
  /// Whether all objects are there; their content is not looked at.
  ///
  /// - Parameter record: What was known before, if it is about the same content.
  /// - Returns: A record for the next time; `nil` where an object is missing.
  package func presence(
    of name: Digest, digests: [Digest], sizes: [Int64], known record: PresenceRecord?
  ) throws -> PresenceRecord? {
    let isNetwork = try FileSystem.traits(of: folder).isNetwork
    let clock = FileClock.now(in: scratchFolder, isNetwork: isNetwork)
    let times = try folderTimes(before: clock, onNetwork: isNetwork)
    var asked = Array(digests.indices)
    if let record, record.name == name, record.storeID == descriptor.id, distrustedSince == nil {
      let isChanged = zip(times, record.times).map { $0 == nil || $0 != $1 }
      guard isChanged.contains(true) else { return record }
      // A pack that goes may take any object with it.
      if !isChanged[256] { asked = asked.filter { isChanged[Int(digests[$0][0])] } }
    }
    let defects = try defects(among: asked.map { digests[$0] }, sizes: asked.map { sizes[$0] })
    for (position, defect) in defects {
      if case .suspect = defect, try isIntact(digests[asked[position]]) { continue }
      return nil
    }
    return PresenceRecord(name: name, storeID: descriptor.id, times: times)
  }

  private func folderTimes(before clock: FileClock, onNetwork: Bool) throws -> [Int64?] {
    let folders = (0..<256).map { objectsFolder.appending(Digest.hexByte(UInt8($0))) }
    return try (folders + [packsFolder]).map { folder in
      guard let status = try FileSystem.status(of: folder) else { return 0 }
      let stamp = FileStamp(status)
      return clock.vouches(for: stamp, onNetwork: onNetwork) ? stamp.modified : nil
    }
  }
}
