import DverCore

extension EntryTable {
  /// Whether the path of entry `index` counts with a slash behind it.
  func hasSlash(_ index: Int) -> Bool { kinds[index] == .emptyDirectory }

  /// Compares the path of entry `index` with `path`, which is written without the slash that
  /// `hasSlash` stands for.
  func compare(_ index: Int, with path: Span<UInt8>, hasSlash: Bool) -> Int {
    compareKeys(
      paths.bytes.span.extracting(paths.range(index)), self.hasSlash(index), path, hasSlash)
  }

  /// The first entry in `range` whose path does not come before `path`, or the end of `range`.
  func lowerBound(
    _ path: Span<UInt8>, hasSlash: Bool, in range: Range<Int>
  ) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if compare(middle, with: path, hasSlash: hasSlash) < 0 {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The end of the run of entries from `start` on that lie in the directory `prefix`, written with
  /// its slash; entry `start` does.
  ///
  /// The cost follows the logarithm of the run's length.
  func endOfRun(from start: Int, prefix: Span<UInt8>, limit: Int) -> Int {
    func isInside(_ index: Int) -> Bool {
      let path = paths.bytes.span.extracting(paths.range(index))
      if path.hasPrefix(prefix) { return true }
      return hasSlash(index) && path.count == prefix.count - 1
        && commonPrefixCount(path, prefix) == path.count
    }
    var (inside, step) = (start, 1)
    while inside + step < limit, isInside(inside + step) {
      inside += step
      step *= 2
    }
    var outside = min(inside + step, limit)
    while outside - inside > 1 {
      let middle = inside + (outside - inside) / 2
      if isInside(middle) { inside = middle } else { outside = middle }
    }
    return inside + 1
  }

  /// Throws at the first entry that no manifest can hold, or that does not follow the one before.
  func checkEntries() throws(ManifestError) {
    let bytes = paths.bytes.span
    var order = EntryOrder()
    var total: Int64 = 0
    for index in 0..<count {
      let path = bytes.extracting(paths.range(index))
      var problem = ManifestPath.problem(with: path) ?? contentProblem(index, &total)
      if index == 0 {
        order.begin(with: path, hasSlash: hasSlash(0))
      } else if problem == nil {
        problem = order.problem(
          with: path, hasSlash: hasSlash(index), after: bytes.extracting(paths.range(index - 1)),
          previousHasSlash: hasSlash(index - 1))
      }
      if let problem { throw .entry(path: Array(paths[index]), problem: problem) }
    }
  }

  private func contentProblem(_ index: Int, _ total: inout Int64) -> ManifestProblem? {
    switch kinds[index] {
    case .file, .executable:
      let sum = total.addingReportingOverflow(sizes[index])
      total = sum.partialValue
      return sizes[index] < 0 || sum.overflow ? .size : nil
    case .link:
      guard let target = targets[index],
        (1...ManifestPath.maximumByteCount).contains(target.count)
      else { return .target }
      return target.contains(0) ? .pathNull : nil
    case .emptyDirectory:
      return nil
    }
  }
}

/// Compares two paths, each written without the slash that its flag stands for.
func compareKeys(
  _ left: Span<UInt8>, _ leftHasSlash: Bool, _ right: Span<UInt8>, _ rightHasSlash: Bool
) -> Int {
  var common = commonPrefixCount(left, right)
  func byte(_ path: Span<UInt8>, _ slash: Bool) -> Int {
    if common < path.count { return Int(path[common]) }
    return slash && common == path.count ? Int(RepositoryPath.slash) : -1
  }
  let first = byte(left, leftHasSlash)
  guard first >= 0, first == byte(right, rightHasSlash) else {
    return first - byte(right, rightHasSlash)
  }
  common += 1
  return byte(left, leftHasSlash) - byte(right, rightHasSlash)
}
