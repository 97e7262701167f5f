import DverCore
import DverHashing
import DverParallel

extension ManifestBuild {
  /// An entry at which a range starts.
  private struct Cut {
    let entry: Int
    let digest: Digest
  }

  /// The ranges of every directory; none for those whose entries fit into one node.
  func cutRanges() throws -> [[RangeNode]] {
    var chunks: [(directory: Int, entries: Range<Int>)] = []
    for (number, directory) in plan.directories.enumerated() where directory.isRanged {
      for run in directory.inlined {
        for start in stride(from: run.lowerBound, to: run.upperBound, by: Self.chunkEntryCount) {
          let end = min(start + Self.chunkEntryCount, run.upperBound)
          chunks.append((number, start..<end))
        }
      }
    }
    let cuts = try parallelMap(chunks, threads: threads) { chunk in
      findCuts(chunk.entries, prefixCount: plan.directories[chunk.directory].prefixCount)
    }
    var ofDirectory: [[Cut]] = Array(repeating: [], count: plan.directories.count)
    for (chunk, found) in zip(chunks, cuts) { ofDirectory[chunk.directory] += found }
    return ofDirectory.indices.map { number in
      let directory = plan.directories[number]
      return directory.isRanged ? ranges(of: directory, cutAt: ofDirectory[number]) : []
    }
  }

  private static let chunkEntryCount = 16384

  private func findCuts(_ entries: Range<Int>, prefixCount: Int) -> [Cut] {
    var cuts: [Cut] = []
    var hash = SHA256()
    let bytes = table.paths.bytes.span
    for entry in entries {
      let path = bytes.extracting(table.paths.range(entry))
      let digest = hash.pathDigest(
        path.extracting(prefixCount...), hasSlash: table.hasSlash(entry))
      if shape.startsRange(digest) { cuts.append(Cut(entry: entry, digest: digest)) }
    }
    return cuts
  }

  private func ranges(of directory: ManifestPlan.Directory, cutAt cuts: [Cut]) -> [RangeNode] {
    guard let start = directory.inlined.first?.lowerBound,
      let end = directory.inlined.last?.upperBound
    else { return [] }
    let cuts = cuts.first?.entry == start ? cuts[1...] : cuts[...]
    let starts = [start] + cuts.map(\.entry)
    let ends = cuts.map(\.entry) + [end]
    let first = RangeNode(entries: start..<ends[0], word: nil, startsOuter: true)
    return [first]
      + cuts.enumerated().map { index, cut in
        RangeNode(
          entries: starts[index + 1]..<ends[index + 1], word: cut.digest.words.0,
          startsOuter: shape.startsOuterRange(cut.digest))
      }
  }
}
