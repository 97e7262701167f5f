import DverCore
import DverFileSystem
import DverHashing

/// The records of a workspace's operations, oldest first: `NNNNNNNNNNNN.open` while one is carried
/// out, then `.done`.
///
/// Only the holder of the workspace lock touches it.
struct OperationLog: Sendable {
  let folder: AbsolutePath

  /// Writes a record down, on stable storage; the operation counts from then on.
  func begin(_ record: OperationRecord) throws -> AbsolutePath {
    try FileSystem.makeDirectories(folder)
    let last = try FileSystem.names(in: folder)?.compactMap(Self.number).max() ?? 0
    let digits = String(last + 1)
    let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits + Self.open
    let path = folder.appending(name)
    try FileSystem.replaceContents(of: path, with: record.serialized, synced: true)
    return path
  }

  func finish(_ path: AbsolutePath) throws {
    var name = Array(path.lastComponent.dropLast(Self.open.utf8.count))
    name.append(contentsOf: Self.done.utf8)
    try FileSystem.rename(path, to: path.parent.appending(name))
    if let number = Self.number(name), number % Self.pruningInterval == 0 { try prune() }
  }

  /// Removes the oldest records of operations that are done.
  private func prune() throws {
    let names = try (FileSystem.names(in: folder) ?? []).filter {
      $0.suffix(Self.done.utf8.count).elementsEqual(Self.done.utf8) && Self.number($0) != nil
    }
    let surplus = names.count - Self.keptCount
    guard surplus > 0 else { return }
    // Numbers have the same number of digits, so this is their order.
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }).prefix(surplus) {
      try FileSystem.removeFile(folder.appending(name))
    }
  }

  /// Takes back a record of which nothing has been carried out.
  func abandon(_ path: AbsolutePath) throws {
    try FileSystem.removeFile(path)
  }

  /// Whether a command left a record open, without reading it.
  func hasUnfinished() throws -> Bool {
    try (FileSystem.names(in: folder) ?? []).contains(where: Self.isUnfinished)
  }

  /// The records that a command left open when it died, oldest first.
  func unfinished() throws -> [(path: AbsolutePath, record: OperationRecord)] {
    guard let names = try FileSystem.names(in: folder) else { return [] }
    var records: [(path: AbsolutePath, record: OperationRecord)] = []
    for name in names {
      let path = folder.appending(name)
      if name.starts(with: FileSystem.temporaryPrefix.utf8) {
        // A record that was being written; nobody else writes here now.
        try FileSystem.removeFile(path)
      }
      guard Self.isUnfinished(name) else { continue }
      // A record appears in one piece; one that is not whole never counted.
      if let bytes = try FileSystem.contents(of: path), let record = OperationRecord(parsing: bytes)
      {
        records.append((path, record))
      } else {
        try FileSystem.removeFile(path)
      }
    }
    return records
  }

  /// Whether this is the name of a record whose operation is not done.
  private static func isUnfinished(_ name: [UInt8]) -> Bool {
    name.suffix(open.utf8.count).elementsEqual(open.utf8)
  }

  private static func number(_ name: [UInt8]) -> Int? {
    Int(String(decoding: name.prefix(12), as: UTF8.self))
  }

  /// Records of operations that are done; some more stay until the next pruning.
  private static let keptCount = 1000
  /// One operation of so many pays for the listing.
  private static let pruningInterval = 50
  private static let open = ".open"
  private static let done = ".done"
}
