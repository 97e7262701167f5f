import DverCore
import DverFileSystem
import DverHashing

/// The records of a workspace's operations, oldest first: `NNNNNNNNNNNN.open` while one is carried
/// out, then `.done`.
///
/// Only the holder of the workspace lock writes here; whoever reads may meet a record that goes.
struct OperationLog: Sendable {
  let folder: AbsolutePath

  /// Writes a record down, on stable storage; the operation counts from then on.
  ///
  /// - Parameter group: The number of the first record of the same command; `nil` for the first.
  /// - Returns: Where it is, and its number.
  func begin(
    _ record: OperationRecord, group: Int?
  ) throws -> (path: AbsolutePath, number: Int) {
    try FileSystem.makeDirectories(folder, synced: true)
    let number = try (FileSystem.names(in: folder)?.compactMap(Self.number).max() ?? 0) + 1
    var record = record
    record.group = group ?? number
    let path = self.path(of: number, Self.open)
    try FileSystem.replaceContents(of: path, with: record.serialized, synced: true)
    return (path, number)
  }

  private func path(of number: Int, _ suffix: String) -> AbsolutePath {
    let digits = String(number)
    let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits + suffix
    return folder.appending(name)
  }

  /// Ends an operation, and drops records that are too old or too many.
  func finish(_ path: AbsolutePath) throws {
    var name = Array(path.lastComponent.dropLast(Self.open.utf8.count))
    name.append(contentsOf: Self.done.utf8)
    try FileSystem.rename(path, to: path.parent.appending(name))
    try prune(olderThan: FileClock.now().nanoseconds - Self.maximumAge)
  }

  /// Takes back a record of which nothing has been carried out, or that nobody needs.
  func abandon(_ path: AbsolutePath) throws {
    try FileSystem.removeFile(path)
  }

  /// Whether a command left a record open, without reading it.
  func hasUnfinished() throws -> Bool {
    try (FileSystem.names(in: folder) ?? []).contains { Self.has($0, Self.open) }
  }

  /// The records that a command left open when it died, oldest first.
  ///
  /// - Throws: `WorkspaceError` for one of a newer version of dver, which alone can finish it.
  func unfinished() throws -> [(path: AbsolutePath, record: OperationRecord)] {
    guard let names = try FileSystem.names(in: folder) else { return [] }
    var records: [(path: AbsolutePath, record: OperationRecord)] = []
    for name in names {
      let path = folder.appending(name)
      if name.starts(with: FileSystem.temporaryPrefix.utf8) {
        // A record that was being written; nobody else writes here now.
        try FileSystem.removeFile(path)
      }
      guard Self.has(name, Self.open) else { continue }
      guard let bytes = try FileSystem.contents(of: path) else { continue }
      if let record = OperationRecord(parsing: bytes) {
        records.append((path, record))
      } else if OperationRecord.isWhole(bytes) {
        throw WorkspaceError.failed(
          "\(path) is an unfinished operation that this version of dver does not know",
          hint: "install a newer dver, which finishes it")
      } else {
        // A record appears in one piece; one that is not whole never counted.
        try FileSystem.removeFile(path)
      }
    }
    return records
  }

  /// The records of operations that are done, oldest first; those that cannot be read are left out.
  func finished() throws -> [(number: Int, record: OperationRecord)] {
    try (FileSystem.names(in: folder) ?? []).compactMap { name in
      guard Self.has(name, Self.done), let number = Self.number(name),
        let bytes = try FileSystem.contents(of: folder.appending(name)),
        let record = OperationRecord(parsing: bytes)
      else { return nil }
      return (number, record)
    }
  }

  // MARK: Pruning

  /// Drops the oldest records until they are few, small and young enough; the last one stays.
  private func prune(olderThan limit: Int64) throws {
    let names = try (FileSystem.names(in: folder) ?? []).filter { Self.has($0, Self.done) }
    var (byteCount, isOver) = (Int64(0), false)
    for (index, name) in names.reversed().enumerated() where index > 0 {
      let path = folder.appending(name)
      if !isOver, let status = try FileSystem.status(of: path) {
        byteCount += status.size
        isOver =
          index >= Self.maximumCount || byteCount > Self.maximumByteCount
          || status.modified < limit
      }
      if isOver { try FileSystem.removeFile(path) }
    }
  }

  /// More than anybody goes back.
  private static let maximumCount = 1000
  /// A record holds the old and the new text of each file, and locks may be large.
  private static let maximumByteCount: Int64 = 256 << 20
  /// 90 days, in nanoseconds.
  private static let maximumAge: Int64 = 90 * 86_400 * 1_000_000_000

  // MARK: Names

  private static func has(_ name: [UInt8], _ suffix: String) -> Bool {
    name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  private static func number(_ name: [UInt8]) -> Int? {
    Int(String(decoding: name.prefix(12), as: UTF8.self))
  }

  private static let open = ".open"
  private static let done = ".done"
}
