import DverCore
package import DverFileSystem
import Glibc

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
  private static let headerByteCount = 8 + 8 + 32 + 8 + 8 + 32

  package func save(to path: AbsolutePath) throws {
    var bytes = serialized()
    let digest = SHA256.digest(of: bytes.span)
    bytes.append(contentsOf: digest.bytes)
    let temporary = path.parent.appending(FileSystem.temporaryName())
    do {
      let file = try OpenFile(temporary, .createNew(permissions: 0o666))
      try file.write(bytes)
      try file.finish()
      try FileSystem.rename(temporary, to: path)
    } catch {
      _ = try? FileSystem.removeFile(temporary)
      throw error
    }
  }

  /// Reads an index; `nil` where there is none, or none that is whole.
  package static func load(from path: AbsolutePath) throws -> StatIndex? {
    guard let bytes = try FileSystem.contents(of: path),
      bytes.count >= headerByteCount + Digest.byteCount
    else { return nil }
    let end = bytes.count - Digest.byteCount
    guard
      SHA256.digest(of: bytes.span.extracting(0..<end))
        == Digest(bytes: bytes.span.extracting(end..<bytes.count))
    else { return nil }
    var reader = ColumnReader(bytes: bytes, end: end)
    return StatIndex(&reader)
  }

  private func serialized() -> [UInt8] {
    let count = entries.count
    let links = entries.targets.sorted { $0.key < $1.key }
    var writer = ColumnWriter(
      capacity: Self.headerByteCount + count * 77 + entries.paths.bytes.count + 64)
    writer.append(bytes: Self.magic)
    writer.append(Self.version)
    writer.append(UInt32(0))
    writer.append(UInt64(count))
    writer.append(UInt64(entries.paths.bytes.count))
    writer.append(UInt64(links.count))
    writer.append(UInt64(links.reduce(0) { $0 + $1.value.count }))
    writer.append(storedAt.nanoseconds)
    writer.append(UInt8(name == nil ? 0 : 1))
    writer.append(UInt8(name?.isDirectory == true ? 1 : 0))
    writer.pad()
    writer.append(bytes: name?.digest.bytes ?? Array(repeating: 0, count: Digest.byteCount))
    writer.append(column: entries.paths.ends)
    writer.append(column: entries.kinds)
    writer.pad()
    writer.append(column: entries.digests)
    writer.append(column: entries.sizes)
    writer.append(column: stamps)
    writer.append(bytes: entries.paths.bytes)
    writer.pad()
    writer.append(column: links.map { UInt64($0.key) })
    var end: UInt64 = 0
    writer.append(
      column: links.map { link -> UInt64 in
        end += UInt64(link.value.count)
        return end
      })
    for link in links { writer.append(bytes: link.value) }
    return writer.bytes
  }

  private init?(_ reader: inout ColumnReader) {
    guard reader.bytes(Self.magic.count) == Self.magic[...],
      reader.value(UInt32.self) == Self.version, reader.value(UInt32.self) == 0,
      let count = reader.count(), let pathByteCount = reader.count(),
      let linkCount = reader.count(), reader.count() != nil,
      let storedAt = reader.value(Int64.self), let hasName = reader.value(UInt8.self),
      let isDirectory = reader.value(UInt8.self)
    else { return nil }
    reader.pad()
    guard let digest = reader.bytes(Digest.byteCount),
      let ends = reader.column(UInt32.self, count),
      let kindBytes = reader.column(UInt8.self, count)
    else { return nil }
    reader.pad()
    guard let digests = reader.column(Digest.self, count),
      let sizes = reader.column(Int64.self, count),
      let stamps = reader.column(FileStamp.self, count),
      let paths = reader.bytes(pathByteCount)
    else { return nil }
    reader.pad()
    guard let linkEntries = reader.column(UInt64.self, linkCount),
      let linkEnds = reader.column(UInt64.self, linkCount),
      let kinds = Self.kinds(kindBytes),
      let table = PathTable(bytes: Array(paths), ends: ends)
    else { return nil }
    var targets: [Int: [UInt8]] = [:]
    var start: UInt64 = 0
    for (entry, end) in zip(linkEntries, linkEnds) {
      guard entry < count, end >= start, let target = reader.bytes(Int(end - start)) else {
        return nil
      }
      targets[Int(entry)] = Array(target)
      start = end
    }
    self.init(
      entries: EntryTable(
        paths: table, kinds: kinds, digests: digests, sizes: sizes, targets: targets),
      stamps: stamps,
      name: hasName == 0
        ? nil
        : ContentName(digest: Digest(bytes: Array(digest).span), isDirectory: isDirectory == 1),
      storedAt: FileClock(nanoseconds: storedAt))
  }

  private static func kinds(_ bytes: [UInt8]) -> [EntryKind]? {
    guard bytes.allSatisfy({ $0 <= EntryKind.emptyDirectory.rawValue }) else { return nil }
    return bytes.map { EntryKind(rawValue: $0) ?? .file }
  }
}
