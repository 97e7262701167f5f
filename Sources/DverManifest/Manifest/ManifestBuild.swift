import DverCore
import DverHashing
import DverParallel

/// One run of ``ManifestBuilder``: first all nodes without children, then upwards by height.
struct ManifestBuild: Sendable {
  /// A range of a directory's inlined entries.
  struct RangeNode {
    /// The first inlined entry, and the bound of the last.
    let entries: Range<Int>
    /// The beginning of the digest of the first path; `nil` for a directory's first range.
    let word: UInt64?
    /// Whether a range of ranges starts here, if the directory has them.
    let startsOuter: Bool
  }

  /// A node without children: a directory's, or one of its ranges.
  private struct Leaf {
    let directory: Int
    let range: RangeNode?
    /// Whether the range lies in a range of ranges.
    let isInner: Bool
    let entries: Range<Int>
  }

  let table: EntryTable
  let plan: ManifestPlan
  let shape: ManifestShape
  let threads: Int
  let sink: ManifestBuilder.Sink

  func root() throws -> ManifestSummary {
    let ranges = try cutRanges()
    var leaves: [Leaf] = []
    for (number, directory) in plan.directories.enumerated() {
      if directory.height == 0 {
        leaves.append(
          Leaf(directory: number, range: nil, isInner: false, entries: directory.entries))
      }
      let isInner = ranges[number].count > shape.rangeLineLimit
      for range in ranges[number] {
        leaves.append(
          Leaf(directory: number, range: range, isInner: isInner, entries: range.entries))
      }
    }
    let summaries = try writeLeaves(leaves)
    var ofDirectory: [ManifestSummary?] = Array(repeating: nil, count: plan.directories.count)
    var ofRanges: [[ManifestSummary]] = Array(repeating: [], count: plan.directories.count)
    for (leaf, summary) in zip(leaves, summaries) {
      if leaf.range == nil {
        ofDirectory[leaf.directory] = summary
      } else {
        ofRanges[leaf.directory].append(summary)
      }
    }
    try writeUpwards(&ofDirectory, ranges, ofRanges)
    guard let root = ofDirectory[0] else { preconditionFailure("the root comes last") }
    return root
  }

  /// Writes leaves in batches of some thousand entries a step.
  private func writeLeaves(_ leaves: [Leaf]) throws -> [ManifestSummary] {
    var batches: [Range<Int>] = []
    var (start, entryCount) = (0, 0)
    for (index, leaf) in leaves.enumerated() {
      entryCount += leaf.entries.count
      if entryCount >= Self.batchEntryCount || index == leaves.count - 1 {
        batches.append(start..<index + 1)
        (start, entryCount) = (index + 1, 0)
      }
    }
    return try parallelMap(batches, threads: threads) { batch in
      try leaves[batch].map(write(leaf:))
    }.flatMap { $0 }
  }

  private static let batchEntryCount = 8192

  private func write(leaf: Leaf) throws -> ManifestSummary {
    let directory = plan.directories[leaf.directory]
    let runs = inlinedRuns(of: directory, in: leaf.entries)
    let count = runs.reduce(0) { $0 + $1.count }
    let bytes = runs.reduce(-count * directory.prefixCount) { sum, run in
      let (first, last) = (table.paths.range(run.lowerBound), table.paths.range(run.upperBound - 1))
      return sum + last.upperBound - first.lowerBound
    }
    var writer = ManifestNodeWriter(entryCount: count, pathByteCount: bytes)
    for run in runs {
      for index in run { writer.append(table, index, prefixCount: directory.prefixCount) }
    }
    let folder = folder(of: directory)
    let location =
      leaf.range.map {
        ManifestLocation.range(inFolder: folder, startingAt: $0.word, isInner: leaf.isInner)
      } ?? ManifestLocation.directoryNode(inFolder: folder)
    return try deliver(writer, at: location)
  }

  /// The entries of `range` that stand in the directory's own node or ranges; no run is empty.
  private func inlinedRuns(
    of directory: ManifestPlan.Directory, in range: Range<Int>
  ) -> [Range<Int>] {
    let runs = directory.inlined
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return runs[low...].prefix { $0.lowerBound < range.upperBound }
      .map { $0.clamped(to: range) }.filter { !$0.isEmpty }
  }

  func folder(of directory: ManifestPlan.Directory) -> [UInt8] {
    guard directory.prefixCount > 0 else { return [] }
    return table.paths.withPath(directory.entries.lowerBound) { path in
      ManifestLocation.folder(ofDirectory: path.extracting(..<(directory.prefixCount - 1)))
    }
  }

  func deliver(
    _ writer: ManifestNodeWriter, at location: RepositoryPath
  ) throws -> ManifestSummary {
    let summary = writer.summary()
    try sink(ManifestNodeFile(location: location, digest: summary.digest, bytes: writer.text))
    return summary
  }
}
