import DverCore
import DverParallel

extension ManifestBuild {
  /// An `r` line to be written.
  private struct RangeLine {
    let firstEntry: Int
    let summary: ManifestSummary
  }

  /// Writes the nodes that have children, the lowest first.
  func writeUpwards(
    _ summaries: inout [ManifestSummary?], _ ranges: [[RangeNode]],
    _ rangeSummaries: [[ManifestSummary]]
  ) throws {
    let highest = plan.directories[0].height
    guard highest > 0 else { return }
    var levels: [[Int]] = Array(repeating: [], count: highest + 1)
    for (number, directory) in plan.directories.enumerated() {
      levels[directory.height].append(number)
    }
    for level in levels[1...] {
      let known = summaries
      let written = try parallelMap(level, threads: threads) { number in
        try write(
          plan.directories[number],
          rangeLines(of: plan.directories[number], ranges[number], rangeSummaries[number]), known)
      }
      for (number, summary) in zip(level, written) { summaries[number] = summary }
    }
  }

  private func write(
    _ directory: ManifestPlan.Directory, _ ranges: [RangeLine], _ summaries: [ManifestSummary?]
  ) throws -> ManifestSummary {
    var writer = ManifestNodeWriter(
      entryCount: directory.subtrees.count + ranges.count, pathByteCount: 0)
    var nextRange = 0
    func writeInlined(upTo end: Int, from start: Int) {
      if directory.isRanged {
        while nextRange < ranges.count, ranges[nextRange].firstEntry < end {
          append(ranges[nextRange], prefixCount: directory.prefixCount, to: &writer)
          nextRange += 1
        }
      } else {
        for entry in start..<end {
          writer.append(table, entry, prefixCount: directory.prefixCount)
        }
      }
    }
    var position = directory.entries.lowerBound
    for subtree in directory.subtrees {
      let child = plan.directories[subtree]
      writeInlined(upTo: child.entries.lowerBound, from: position)
      position = child.entries.upperBound
      guard let summary = summaries[subtree] else {
        preconditionFailure("children come before their parents")
      }
      table.paths.withPath(child.entries.lowerBound) { path in
        let name = path.extracting(directory.prefixCount..<(child.prefixCount - 1))
        writer.append(subtree: summary, name: name)
      }
    }
    writeInlined(upTo: directory.entries.upperBound, from: position)
    return try deliver(
      writer, at: ManifestLocation.directoryNode(inFolder: folder(of: directory)))
  }

  private func append(
    _ range: RangeLine, prefixCount: Int, to writer: inout ManifestNodeWriter
  ) {
    table.paths.withPath(range.firstEntry) { path in
      writer.append(
        range: range.summary, first: path.extracting(prefixCount...),
        hasSlash: table.hasSlash(range.firstEntry))
    }
  }

  /// The `r` lines of a directory's node, after those that are too many were cut once more.
  private func rangeLines(
    of directory: ManifestPlan.Directory, _ ranges: [RangeNode], _ summaries: [ManifestSummary]
  ) throws -> [RangeLine] {
    let lines = zip(ranges, summaries).map {
      RangeLine(firstEntry: $0.entries.lowerBound, summary: $1)
    }
    guard lines.count > shape.rangeLineLimit else { return lines }
    let folder = folder(of: directory)
    let starts = ranges.indices.filter { ranges[$0].startsOuter }
    return try starts.enumerated().map { index, start in
      let end = index + 1 < starts.count ? starts[index + 1] : lines.count
      var writer = ManifestNodeWriter(entryCount: end - start, pathByteCount: 0)
      for line in lines[start..<end] {
        append(line, prefixCount: directory.prefixCount, to: &writer)
      }
      let location = ManifestLocation.range(
        inFolder: folder, startingAt: ranges[start].word, isInner: false)
      return RangeLine(
        firstEntry: lines[start].firstEntry, summary: try deliver(writer, at: location))
    }
  }
}
