import DverCore

/// Saves the objects of a pack whose table is lost or cannot be trusted.
///
/// Follows the records from the header on. An object that is damaged while its record is whole is
/// skipped; where no record begins, the scan ends: that is the table, the end of a file that was
/// cut, or a damaged record, behind which nothing says where the next one is.
package struct PackRebuilder: Sendable {
  /// What a scan found.
  package struct Recovery: Sendable {
    /// The whole objects in file order, each digest once.
    package fileprivate(set) var entries: [PackEntry] = []
    /// What is wrong with the header and with each object that was skipped, in file order.
    package fileprivate(set) var damaged: [PackError] = []
    /// Where the scan ended.
    package fileprivate(set) var end = Int64(PackFormat.headerByteCount)
    /// Why it ended there; `nil` at the very end of the file.
    package fileprivate(set) var reason: PackError?
  }

  private let source: PackSource

  package init(_ source: PackSource) {
    self.source = source
  }

  /// Reads and hashes every object that a record announces.
  ///
  /// An error of the disk is thrown; what it hides is not known to be damaged.
  package func scan() throws -> Recovery {
    try scan { _, _ in }
  }

  /// Writes a new pack of all whole objects.
  ///
  /// - Parameter sink: Takes the next bytes of the new pack.
  package func rebuild(
    sink: @escaping (Span<UInt8>) throws -> Void
  ) throws -> (recovery: Recovery, summary: PackWriter.Summary) {
    var writer = PackWriter(sink: sink)
    let recovery = try scan { entry, stored in
      try writer.append(stored: stored, as: entry)
    }
    return (recovery, try writer.finish())
  }

  private func scan(_ body: (PackEntry, Span<UInt8>) throws -> Void) throws -> Recovery {
    var recovery = Recovery()
    let header = try source.bytes(at: 0, count: PackFormat.headerByteCount)
    do throws(PackError) {
      try source.checkHeader(header.span)
    } catch {
      if case .unsupportedVersion = error { throw error }
      recovery.damaged.append(error)
    }
    var digests: Set<Digest> = []
    while recovery.end < source.byteCount {
      let entry: PackEntry
      let stored: [UInt8]
      do {
        entry = try record(at: recovery.end)
        stored = try source.storedBytes(of: entry)
      } catch let error as PackError {
        recovery.reason = error
        break
      }
      recovery.end = entry.end
      do throws(PackError) {
        _ = try source.content(of: entry, stored: stored)
      } catch {
        recovery.damaged.append(error)
        continue
      }
      guard digests.insert(entry.digest).inserted else { continue }
      recovery.entries.append(entry)
      try body(entry, stored.span)
    }
    return recovery
  }

  private func record(at offset: Int64) throws -> PackEntry {
    let bytes = try source.bytes(at: offset, count: PackFormat.recordByteCount)
    return try source.entry(record: bytes.span, at: offset)
  }
}
