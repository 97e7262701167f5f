import DverCore
package import DverFileSystem

extension ObjectStore {
  /// What lies in quarantine.
  package struct QuarantineSummary: Sendable {
    /// Files of which the store has every object that they are known to have held.
    package fileprivate(set) var mendedCount = 0
    /// Files of which the store lacks something, or which cannot be told.
    package fileprivate(set) var lostCount = 0
  }

  package var quarantineFolder: AbsolutePath { folder.appending(Self.quarantineName) }

  package static let quarantineName = "quarantine"

  /// Tells leftovers of damage that is mended from what may be lost.
  ///
  /// Cost: looks up the objects; reads a pack only where its table is damaged.
  package func quarantineSummary() throws -> QuarantineSummary {
    var summary = QuarantineSummary()
    for name in try FileSystem.names(in: quarantineFolder) ?? [] {
      let digests = try quarantinedDigests(in: name)
      if let digests, try digests.allSatisfy({ try contains($0) }) {
        summary.mendedCount += 1
      } else {
        summary.lostCount += 1
      }
    }
    return summary
  }

  /// The objects that a file in quarantine is, or was meant, to hold; `nil` where nothing says so.
  private func quarantinedDigests(in name: [UInt8]) throws -> [Digest]? {
    guard let digest = Digest(hex: Array(name.prefix(Digest.hexCount)).span) else { return nil }
    // A number may stand before the suffix or behind it, where a name was taken.
    let isPack = String(decoding: name.dropFirst(Digest.hexCount), as: UTF8.self)
      .contains(PackFolder.suffix)
    guard isPack else { return [digest] }
    let path = quarantineFolder.appending(name)
    guard let status = try FileSystem.status(of: path), status.isFile else { return nil }
    let file = SharedFile(try OpenFile(path, .read, followsLinks: false))
    let source = PackSource(name: path.description, byteCount: status.size) { offset, count in
      try file.value.read(at: offset, count: count)
    }
    do {
      if let reader = try? PackReader(source, checksHeader: false) {
        return (0..<reader.objectCount).map { reader[$0].digest }
      }
      return try named(by: PackRebuilder(source).scan(), in: source)
    } catch is PackError {
      return nil
    } catch let error as FileSystemError where error.operation == .read {
      return nil
    }
  }

  /// The objects of a pack with a damaged table; `nil` where it had some that have no name any more,
  /// or may have had: unless the table, which begins with the first digest, stands behind its records.
  private func named(
    by recovery: PackRebuilder.Recovery, in source: PackSource
  ) throws -> [Digest]? {
    var digests = recovery.entries.map(\.digest)
    for error in recovery.damaged {
      guard case .mismatch(_, _, let expected, _) = error else { return nil }
      digests.append(expected)
    }
    guard let first = digests.min(), source.byteCount - recovery.end >= Int64(Digest.byteCount),
      try source.bytes(at: recovery.end, count: Digest.byteCount) == first.bytes
    else { return nil }
    return digests
  }
}
