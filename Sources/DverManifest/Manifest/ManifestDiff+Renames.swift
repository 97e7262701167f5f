import DverCore

extension ManifestDiff {
  /// A file that is gone from one path and has appeared at another, by the numbers of both changes.
  package struct Rename: Hashable, Sendable {
    package let old: Int
    package let new: Int

    package init(old: Int, new: Int) {
      self.old = old
      self.new = new
    }
  }

  /// Pairs deleted with added files of the same content, sorted by the old path.
  ///
  /// Where several files have the same content, the first deleted path goes with the first added
  /// one, and so on. Empty files are not paired: that they are equal says nothing.
  package static func renames(in changes: ManifestChanges) -> [Rename] {
    let deleted = candidates(changes) { $0.new == nil ? $0.old : nil }
    let added = candidates(changes) { $0.old == nil ? $0.new : nil }
    var renames: [Rename] = []
    var (left, right) = (0, 0)
    while left < deleted.count, right < added.count {
      if deleted[left].digest == added[right].digest {
        renames.append(Rename(old: deleted[left].change, new: added[right].change))
        left += 1
        right += 1
      } else if deleted[left].digest < added[right].digest {
        left += 1
      } else {
        right += 1
      }
    }
    return renames.sorted { $0.old < $1.old }
  }

  /// The changes with content on the given side alone, sorted by content, then by path.
  private static func candidates(
    _ changes: ManifestChanges, side: (ManifestChanges.Change) -> ManifestChanges.Side?
  ) -> [(digest: Digest, change: Int)] {
    var found: [(digest: Digest, change: Int)] = []
    for (index, change) in changes.changes.enumerated() {
      guard let side = side(change), side.size > 0 else { continue }
      guard side.kind == .file || side.kind == .executable else { continue }
      found.append((side.digest, index))
    }
    return found.sorted { $0.digest == $1.digest ? $0.change < $1.change : $0.digest < $1.digest }
  }
}
