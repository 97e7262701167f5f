package import DverCore

/// Compares two versions of a data set.
package enum ManifestDiff {
  /// What changed from the manifest `old`, read through `oldReader`, to the manifest `new`.
  ///
  /// Goes down from both roots and opens no subtree or range that is equal on both sides, so the
  /// cost follows the change. The shapes of the trees may differ.
  package static func changes(
    from old: Digest, _ oldReader: ManifestReader, to new: Digest, _ newReader: ManifestReader
  ) throws -> ManifestChanges {
    var changes = ManifestChanges()
    guard old != new else { return changes }
    var left = try ManifestCursor(root: old, reader: oldReader)
    var right = try ManifestCursor(root: new, reader: newReader)
    while true {
      let order = comparison(left, right)
      if left.isAtEnd, right.isAtEnd { return changes }
      if order == 0, left.holdsSame(as: right) {
        try left.advance()
        try right.advance()
      } else if order <= 0, left.isBlock {
        // Both are opened where both stand at a block, so that equal parts meet further down.
        if order == 0, right.isBlock { try right.open() }
        try left.open()
      } else if order >= 0, right.isBlock {
        try right.open()
      } else {
        let path = order <= 0 ? left.entryPath : right.entryPath
        changes.append(
          path: path.span, old: order <= 0 ? left.side : nil, new: order >= 0 ? right.side : nil)
        if order <= 0 { try left.advance() }
        if order >= 0 { try right.advance() }
      }
    }
  }

  /// What changed from one table to another.
  package static func changes(from old: EntryTable, to new: EntryTable) -> ManifestChanges {
    var changes = ManifestChanges()
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      let order = comparison(old, left, new, right)
      let oldSide = order <= 0 ? old.side(left) : nil
      let newSide = order >= 0 ? new.side(right) : nil
      if oldSide != newSide {
        let (table, index) = order <= 0 ? (old, left) : (new, right)
        table.paths.withPath(index) { changes.append(path: $0, old: oldSide, new: newSide) }
      }
      if order <= 0 { left += 1 }
      if order >= 0 { right += 1 }
    }
    return changes
  }

  /// Negative where the left cursor's path comes first; an exhausted cursor comes last.
  private static func comparison(
    _ left: borrowing ManifestCursor, _ right: borrowing ManifestCursor
  ) -> Int {
    if left.isAtEnd { return 1 }
    if right.isAtEnd { return -1 }
    return compareBytes(left.path.span, right.path.span)
  }

  private static func comparison(
    _ old: EntryTable, _ left: Int, _ new: EntryTable, _ right: Int
  ) -> Int {
    if left == old.count { return 1 }
    if right == new.count { return -1 }
    return new.paths.withPath(right) {
      old.compare(left, with: $0, hasSlash: new.hasSlash(right))
    }
  }
}

extension EntryTable {
  /// What entry `index` is to a comparison.
  package func side(_ index: Int) -> ManifestChanges.Side {
    // A link's digest is that of its target, whether or not the table's maker filled it in.
    let digest =
      switch kinds[index] {
      case .file, .executable: digests[index]
      case .link: ManifestParser.digest(ofTarget: targets[index] ?? [])
      case .emptyDirectory: Digest.zero
      }
    return ManifestChanges.Side(kind: kinds[index], digest: digest, size: sizes[index])
  }
}
