import DverCore
package import DverFileSystem

/// The index on disk: a cache of this machine, in its byte order, that may be deleted at any time.
///
///     "dverstat" u32 version u32 zero
///     u64 count, u64 path bytes, u64 link count, u64 link bytes
///     i64 stored at, u8 has name, u8 is directory, 6 zero bytes, 32 bytes digest
///     columns: path ends u32, kinds u8 (padded to 8), digests 32, sizes i64, stamps 4 × 8 and
///              device u64, path bytes, link entry numbers u64, link target ends u64, target bytes
///     32 bytes SHA-256 of everything before
extension StatIndex {
  private static let magic = Array("dverstat".utf8)
  private static let version: UInt32 = 1

  package func save(to path: AbsolutePath) throws {
    let temporary = path.parent.appending(FileSystem.temporaryName())
    do {
      var writer = ColumnWriter(try OpenFile(temporary, .createNew(permissions: 0o666)))
      try write(to: &writer)
      try writer.finish()
      try FileSystem.rename(temporary, to: path)
    } catch {
      _ = try? FileSystem.removeFile(temporary)
      throw error
    }
  }

  /// Reads an index; `nil` where there is none, or none that is whole.
  package static func load(from path: AbsolutePath) throws -> StatIndex? {
    guard let file = try OpenFile.ifPresent(path, .read) else { return nil }
    var reader = try ColumnReader(file)
    guard let index = try StatIndex(&reader), try reader.isWhole() else { return nil }
    return index
  }

  private func write(to writer: inout ColumnWriter) throws {
    let links = entries.targets.sorted { $0.key < $1.key }
    try writer.append(bytes: Self.magic)
    try writer.append(Self.version)
    try writer.append(UInt32(0))
    try writer.append(UInt64(entries.count))
    try writer.append(UInt64(entries.paths.bytes.count))
    try writer.append(UInt64(links.count))
    try writer.append(UInt64(links.reduce(0) { $0 + $1.value.count }))
    try writer.append(storedAt.nanoseconds)
    try writer.append(UInt8(name == nil ? 0 : 1))
    try writer.append(UInt8(name?.isDirectory == true ? 1 : 0))
    try writer.pad()
    try writer.append(bytes: name?.digest.bytes ?? Array(repeating: 0, count: Digest.byteCount))
    try writer.append(column: entries.paths.ends)
    try writer.append(column: entries.kinds)
    try writer.pad()
    try writer.append(column: entries.digests)
    try writer.append(column: entries.sizes)
    try writer.append(column: stamps)
    try writer.append(bytes: entries.paths.bytes)
    try writer.pad()
    try writer.append(column: links.map { UInt64($0.key) })
    var end: UInt64 = 0
    try writer.append(
      column: links.map { link -> UInt64 in
        end += UInt64(link.value.count)
        return end
      })
    for link in links { try writer.append(bytes: link.value) }
  }

  private init?(_ reader: inout ColumnReader) throws {
    guard try reader.bytes(Self.magic.count) == Self.magic,
      try reader.value(UInt32.self) == Self.version, try reader.value(UInt32.self) == 0,
      let count = try reader.count(), let pathByteCount = try reader.count(),
      let linkCount = try reader.count(), try reader.count() != nil,
      let storedAt = try reader.value(Int64.self), let hasName = try reader.value(UInt8.self),
      let isDirectory = try reader.value(UInt8.self)
    else { return nil }
    try reader.pad()
    guard let digest = try reader.bytes(Digest.byteCount),
      let ends = try reader.column(UInt32.self, count),
      let kindBytes = try reader.column(UInt8.self, count)
    else { return nil }
    try reader.pad()
    guard let digests = try reader.column(Digest.self, count),
      let sizes = try reader.column(Int64.self, count),
      let stamps = try reader.column(FileStamp.self, count),
      let paths = try reader.bytes(pathByteCount)
    else { return nil }
    try reader.pad()
    guard let linkEntries = try reader.column(UInt64.self, linkCount),
      let linkEnds = try reader.column(UInt64.self, linkCount),
      let kinds = Self.kinds(kindBytes),
      let table = PathTable(bytes: paths, ends: ends)
    else { return nil }
    var targets: [Int: [UInt8]] = [:]
    var start: UInt64 = 0
    for (entry, end) in zip(linkEntries, linkEnds) {
      guard entry < count, end >= start, let length = Int(exactly: end - start),
        let target = try reader.bytes(length)
      else { return nil }
      targets[Int(entry)] = target
      start = end
    }
    self.init(
      entries: EntryTable(
        paths: table, kinds: kinds, digests: digests, sizes: sizes, targets: targets),
      stamps: stamps,
      name: hasName == 0
        ? nil
        : ContentName(digest: Digest(bytes: digest.span), isDirectory: isDirectory == 1),
      storedAt: FileClock(nanoseconds: storedAt))
  }

  private static func kinds(_ bytes: [UInt8]) -> [EntryKind]? {
    guard bytes.allSatisfy({ $0 <= EntryKind.emptyDirectory.rawValue }) else { return nil }
    return bytes.map { EntryKind(rawValue: $0) ?? .file }
  }
}
