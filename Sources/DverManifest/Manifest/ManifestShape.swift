import DverCore
import DverHashing

/// The rule that cuts a tree into nodes, a function of content alone.
///
/// Repositories hold `standard`; other values let tests reach every shape with small trees.
package struct ManifestShape: Hashable, Sendable {
  /// The most entries that stand in one node of a directory.
  package let inlinedEntryLimit: Int
  /// The fewest entries for which a subdirectory of a larger directory gets a node of its own.
  package let subtreeEntryMinimum: Int
  /// The count of leading zero bits in the SHA-256 of a path at which a range starts.
  package let rangeZeroBits: Int
  /// The most `r` lines that stand in the node of a directory before they are cut once more.
  package let rangeLineLimit: Int
  /// As `rangeZeroBits`, for ranges of ranges.
  package let outerRangeZeroBits: Int

  package init(
    inlinedEntryLimit: Int, subtreeEntryMinimum: Int, rangeZeroBits: Int, rangeLineLimit: Int,
    outerRangeZeroBits: Int
  ) {
    self.inlinedEntryLimit = inlinedEntryLimit
    self.subtreeEntryMinimum = subtreeEntryMinimum
    self.rangeZeroBits = rangeZeroBits
    self.rangeLineLimit = rangeLineLimit
    self.outerRangeZeroBits = outerRangeZeroBits
  }

  package static let standard = ManifestShape(
    inlinedEntryLimit: 4096, subtreeEntryMinimum: 256, rangeZeroBits: 9, rangeLineLimit: 4096,
    outerRangeZeroBits: 18)

  /// Whether a range starts at an entry whose path has the digest `digest`.
  func startsRange(_ digest: Digest) -> Bool {
    digest.words.0.leadingZeroBitCount >= rangeZeroBits
  }

  /// Whether a range of ranges starts there.
  func startsOuterRange(_ digest: Digest) -> Bool {
    digest.words.0.leadingZeroBitCount >= outerRangeZeroBits
  }
}

extension SHA256 {
  /// The digest of `path` as a node writes it, before quoting: with a `/` behind the path of an
  /// empty directory.
  mutating func pathDigest(_ path: Span<UInt8>, hasSlash: Bool) -> Digest {
    guard hasSlash else { return digest(of: path) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(path.count + 1)
    bytes.append(path)
    bytes.append(RepositoryPath.slash)
    return digest(of: bytes.span)
  }
}
