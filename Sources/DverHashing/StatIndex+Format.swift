import DverCore
package import DverFileSystem

/// The index on disk: a cache of this machine, in its byte order, that may be deleted at any time.
///
///     "dverstat" u32 version, u32 flags: 1 where each entry has a time at which it was stored,
///     u64 boot
///     u64 count, u64 path bytes, u64 link count, u64 link bytes
///     i64 stored at, u8 has name, u8 is directory, 6 zero bytes, 32 bytes digest
///     columns: path ends u32, kinds u8 (padded to 8), digests 32, sizes i64, stamps 4 × 8 and
///              device u64, stored at i64 with the flag, path bytes, link entry numbers u64, link
///              target ends u64, target bytes
///     32 bytes SHA-256 of everything before
extension StatIndex {
  private static let magic = Array("dverstat".utf8)
  private static let version: UInt32 = 2
  /// How long data may wait in memory before the system writes it to the disk; half of that is usual.
  private static let writebackNanoseconds: Int64 = 60 * 1_000_000_000
  /// Stands for the time since the system started.
  package static let presentBoot: UInt64 = {
    let digest = SHA256.digest(of: Array(ProcessIdentity.presentBoot.utf8).span)
    return (0..<8).reduce(0) { $0 << 8 | UInt64(digest[$1]) }
  }()

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
  ///
  /// After a restart of the system, files that changed shortly before the index was saved vouch for
  /// nothing: a power cut may have taken what was written to them, and left their status.
  ///
  /// - Parameter boot: What stands for the time since the system started.
  package static func load(
    from path: AbsolutePath, boot: UInt64 = presentBoot
  ) throws -> StatIndex? {
    guard let file = try OpenFile.ifPresent(path, .read) else { return nil }
    let saved = try file.status().modified
    var reader = try ColumnReader(file)
    var savedIn: UInt64 = 0
    guard var index = try StatIndex(&reader, boot: &savedIn), try reader.isWhole() else {
      return nil
    }
    if savedIn != boot { index.distrust(changedSince: saved - writebackNanoseconds) }
    return index
  }

  private mutating func distrust(changedSince time: Int64) {
    for position in stamps.indices where stamps[position].changed >= time {
      stamps[position] = Self.untrusted
    }
  }

  private func write(to writer: inout ColumnWriter) throws {
    let links = entries.targets.sorted { $0.key < $1.key }
    try writer.append(bytes: Self.magic)
    try writer.append(Self.version)
    try writer.append(UInt32(storedTimes == nil ? 0 : 1))
    try writer.append(Self.presentBoot)
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
    if let storedTimes { try writer.append(column: storedTimes.map(\.nanoseconds)) }
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

  /// - Parameter boot: Gets what stands for the boot in which the index was saved.
  private init?(_ reader: inout ColumnReader, boot: inout UInt64) throws {
    guard try reader.bytes(Self.magic.count) == Self.magic,
      try reader.value(UInt32.self) == Self.version, let flags = try reader.value(UInt32.self),
      flags <= 1, let savedIn = try reader.value(UInt64.self),
      let count = try reader.count(), let pathByteCount = try reader.count(),
      let linkCount = try reader.count(), try reader.count() != nil,
      let storedAt = try reader.value(Int64.self), let hasName = try reader.value(UInt8.self),
      let isDirectory = try reader.value(UInt8.self)
    else { return nil }
    boot = savedIn
    try reader.pad()
    guard let digest = try reader.bytes(Digest.byteCount),
      let ends = try reader.column(UInt32.self, count),
      let kindBytes = try reader.column(UInt8.self, count)
    else { return nil }
    try reader.pad()
    guard let digests = try reader.column(Digest.self, count),
      let sizes = try reader.column(Int64.self, count),
      let stamps = try reader.column(FileStamp.self, count),
      let times = try reader.column(Int64.self, flags == 1 ? count : 0),
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
    if flags == 1 { storedTimes = times.map { FileClock(nanoseconds: $0) } }
  }

  private static func kinds(_ bytes: [UInt8]) -> [EntryKind]? {
    guard bytes.allSatisfy({ $0 <= EntryKind.emptyDirectory.rawValue }) else { return nil }
    return bytes.map { EntryKind(rawValue: $0) ?? .file }
  }
}
