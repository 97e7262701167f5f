package import DverCore

extension EntryTable {
  /// The table after everything at and below the paths `removed` is gone and `added` has come in.
  ///
  /// An added entry takes the place of whatever is at or below its path, and of files, links and
  /// empty directories at the paths of its parents. A directory that loses its last entry is gone,
  /// unless `added` holds it as an empty directory. Both tables are sorted; `removed` need not be.
  /// The cost follows the change, and a copy of what stays.
  package func replacing(_ removed: [RepositoryPath], with added: EntryTable) -> EntryTable {
    var gaps: [Range<Int>] = []
    for path in removed { appendGaps(for: path.bytes.span, to: &gaps) }
    for index in 0..<added.count {
      added.paths.withPath(index) { path in
        appendGaps(for: path, to: &gaps)
        let known =
          index == 0 ? 0 : added.paths.withPath(index - 1) { commonPrefixCount(path, $0) }
        appendParentGaps(of: path, beyond: known, to: &gaps)
      }
    }
    gaps.sort { $0.lowerBound < $1.lowerBound }
    return merged(leavingOut: gaps, with: added)
  }

  /// The entries at and below `path`, with paths as they are here.
  package func entries(at path: RepositoryPath) -> EntryTable {
    path.isRoot ? self : entries(at: [path])
  }

  /// The entries at and below some paths, which may lie inside one another.
  package func entries(at places: [RepositoryPath]) -> EntryTable {
    var runs: [Range<Int>] = []
    for path in places { appendGaps(for: path.bytes.span, to: &runs) }
    runs.sort { $0.lowerBound < $1.lowerBound }
    var found = EntryTable()
    var position = 0
    for run in runs where run.upperBound > position {
      found.append(contentsOf: self, max(position, run.lowerBound)..<run.upperBound)
      position = run.upperBound
    }
    return found
  }

  /// Appends where entries at and below `path` stand: first the path itself as a file, then those
  /// below.
  private func appendGaps(for path: Span<UInt8>, to gaps: inout [Range<Int>]) {
    guard !path.isEmpty else { return gaps.append(0..<count) }
    let start = lowerBound(path, hasSlash: false, in: 0..<count)
    if start < count, compare(start, with: path, hasSlash: false) == 0 {
      gaps.append(start..<start + 1)
    }
    let below = lowerBound(path, hasSlash: true, in: start..<count)
    guard below < count else { return }
    var directory: [UInt8] = []
    directory.append(path)
    directory.append(RepositoryPath.slash)
    let first = paths.withPath(below) { $0.hasPrefix(directory.span) }
    guard first || compare(below, with: path, hasSlash: true) == 0 else { return }
    gaps.append(below..<endOfRun(from: below, prefix: directory.span, limit: count))
  }

  /// Appends the files, links and empty directories whose paths are parents of `path`; those within
  /// its first `known` bytes are known not to matter.
  private func appendParentGaps(
    of path: Span<UInt8>, beyond known: Int, to gaps: inout [Range<Int>]
  ) {
    for end in path.indices where path[end] == RepositoryPath.slash && end >= known {
      let parent = path.extracting(..<end)
      for hasSlash in [false, true] {
        let index = lowerBound(parent, hasSlash: hasSlash, in: 0..<count)
        if index < count, self.hasSlash(index) == hasSlash,
          compare(index, with: parent, hasSlash: hasSlash) == 0
        {
          gaps.append(index..<index + 1)
        }
      }
    }
  }

  /// Merges what lies outside `gaps`, which are sorted by their starts, with `added`.
  private func merged(leavingOut gaps: [Range<Int>], with added: EntryTable) -> EntryTable {
    var result = EntryTable()
    result.reserveCapacity(
      count + added.count, pathByteCount: paths.bytes.count + added.paths.bytes.count)
    var next = 0
    func copy(_ kept: Range<Int>, _ result: inout EntryTable) {
      var start = kept.lowerBound
      while start < kept.upperBound {
        // All added entries that come before the first kept one, then kept ones up to the next.
        while next < added.count, isAdded(added, next, before: start) {
          result.append(contentsOf: added, next..<next + 1)
          next += 1
        }
        let end =
          next == added.count
          ? kept.upperBound
          : added.paths.withPath(next) {
            lowerBound($0, hasSlash: added.hasSlash(next), in: start..<kept.upperBound)
          }
        result.append(contentsOf: self, start..<end)
        start = end
      }
    }
    var position = 0
    for gap in gaps {
      if position < gap.lowerBound { copy(position..<gap.lowerBound, &result) }
      position = max(position, gap.upperBound)
    }
    if position < count { copy(position..<count, &result) }
    result.append(contentsOf: added, next..<added.count)
    return result
  }

  private func isAdded(_ added: EntryTable, _ index: Int, before other: Int) -> Bool {
    added.paths.withPath(index) {
      compare(other, with: $0, hasSlash: added.hasSlash(index)) > 0
    }
  }
}
