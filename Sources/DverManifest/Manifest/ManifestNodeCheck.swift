import DverCore
import DverHashing

/// Checks a node against its place in the tree, as far as that needs no other node.
struct ManifestNodeCheck {
  let reference: ManifestNodeReference
  let node: ManifestNode
  let shape: ManifestShape

  func check() throws(ManifestError) {
    if let claim = reference.claim {
      guard node.count > 0 else { throw failure(.emptyNode) }
      guard claim == (node.fileCount, node.byteCount) else { throw failure(.counts) }
    }
    try checkPathLengths()
    switch reference.role {
    case .directory: try checkDirectory()
    case .range, .innerRange: try checkRange()
    }
  }

  private func failure(_ problem: ManifestProblem) -> ManifestError {
    .node(reference.location, problem: problem)
  }

  private func lineFailure(_ line: Int, _ problem: ManifestProblem) -> ManifestError {
    // The header is line 1.
    .line(node: reference.location, line: line + 2, problem: problem)
  }

  private func checkPathLengths() throws(ManifestError) {
    guard !reference.prefix.isEmpty else { return }
    for line in 0..<node.count {
      let count = node.paths.range(line).count - (node.kinds[line] == .emptyDirectory ? 1 : 0)
      guard reference.prefix.count + count <= ManifestPath.maximumByteCount else {
        throw lineFailure(line, .pathLength)
      }
    }
  }

  private func checkDirectory() throws(ManifestError) {
    if node.rangeCount > 0 {
      guard node.entryCount == 0 else { throw failure(.mixedLines) }
      guard node.rangeCount <= shape.rangeLineLimit || allStartOuterRanges() else {
        throw failure(.tooManyInlined)
      }
    }
    guard node.entryCount <= shape.inlinedEntryLimit else { throw failure(.tooManyInlined) }
    guard node.subtreeCount + node.rangeCount > 0 else { return }
    var hash = SHA256()
    var isFirstRange = true
    for line in 0..<node.count {
      switch node.kinds[line] {
      case .subtree:
        let name = node.paths[line].dropLast()
        if name.contains(RepositoryPath.slash) { throw lineFailure(line, .wronglySplit) }
      case .range:
        if !isFirstRange, !shape.startsRange(pathDigest(line, &hash)) {
          throw lineFailure(line, .rangeBoundary)
        }
        isFirstRange = false
      default: break
      }
    }
    try checkInlinedDirectories()
  }

  /// Whether the ranges can be ranges of ranges.
  func allStartOuterRanges() -> Bool {
    var hash = SHA256()
    var isFirstRange = true
    for line in 0..<node.count where node.kinds[line] == .range {
      if !isFirstRange, !shape.startsOuterRange(pathDigest(line, &hash)) { return false }
      isFirstRange = false
    }
    return true
  }

  /// Refuses an inlined subdirectory that should have a node of its own.
  private func checkInlinedDirectories() throws(ManifestError) {
    guard node.entryCount > 0 else { return }
    var run = DirectoryRun()
    for line in 0..<node.count where node.kinds[line].isEntry {
      let isTooLong = node.withKey(line) { path, _ in
        run.add(path) >= shape.subtreeEntryMinimum
      }
      if isTooLong { throw lineFailure(line, .wronglyInlined) }
    }
  }

  private func checkRange() throws(ManifestError) {
    guard node.subtreeCount == 0, node.rangeCount == 0 || node.entryCount == 0 else {
      throw failure(.mixedLines)
    }
    guard node.rangeCount == 0 || reference.role == .range else { throw failure(.nestedRange) }
    if let first = reference.first {
      guard node.paths[0].elementsEqual(first) else { throw failure(.rangeStart) }
    }
    var hash = SHA256()
    let isOuter = node.rangeCount > 0
    for line in 0..<node.count {
      let digest = pathDigest(line, &hash)
      let isFirst = line == 0 && reference.isFirst
      let starts = isOuter ? shape.startsOuterRange(digest) : shape.startsRange(digest)
      guard isFirst || starts == (line == 0) else { throw lineFailure(line, .rangeBoundary) }
      guard isFirst || !isOuter || shape.startsRange(digest) else {
        throw lineFailure(line, .rangeBoundary)
      }
    }
    if let upper = reference.upper {
      let last = node.paths.withPath(node.count - 1) { compareBytes($0, upper.span) }
      guard last < 0 else { throw failure(.rangeEnd) }
    }
  }

  private func pathDigest(_ line: Int, _ hash: inout SHA256) -> Digest {
    node.paths.withPath(line) { hash.digest(of: $0) }
  }
}

/// Counts how many entries in a row lie in the same direct subdirectory.
struct DirectoryRun {
  private var name: [UInt8] = []
  private var count = 0

  /// The entries so far in the subdirectory of `path`; 0 for an entry in none.
  mutating func add(_ path: Span<UInt8>) -> Int {
    if count > 0, path.hasPrefix(name.span) {
      count += 1
      return count
    }
    name.removeAll(keepingCapacity: true)
    count = 0
    guard let slash = path.indices.first(where: { path[$0] == RepositoryPath.slash }) else {
      return 0
    }
    name.append(path.extracting(...slash))
    count = 1
    return 1
  }
}
