/// Which rows of two versions are the same one.
struct RowJoin {
  private(set) var added: [Int] = []
  private(set) var deleted: [Int] = []
  private(set) var modified: [(old: Int, new: Int)] = []
  /// The first row that has the key of one before it, in either version.
  private(set) var repeatedOld: (first: Int, second: Int)?
  private(set) var repeatedNew: (first: Int, second: Int)?

  /// - Parameters:
  ///   - old: Sorted, as `new` is.
  ///   - isKeyed: Whether a key says which rows are the same one, and may occur only once; otherwise
  ///     of equal rows the first ones are the same in both versions.
  init(_ old: [RowMark], _ new: [RowMark], isKeyed: Bool) {
    if isKeyed {
      (repeatedOld, repeatedNew) = (Self.repeated(in: old), Self.repeated(in: new))
      guard repeatedOld == nil, repeatedNew == nil else { return }
    }
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if right == new.count || left < old.count && Self.precedes(old[left].key, new[right].key) {
        deleted.append(old[left].row)
        left += 1
      } else if left == old.count || old[left].key != new[right].key {
        added.append(new[right].row)
        right += 1
      } else {
        if old[left].content != new[right].content {
          modified.append((old[left].row, new[right].row))
        }
        left += 1
        right += 1
      }
    }
    added.sort()
    deleted.sort()
    modified.sort { $0.new < $1.new }
  }

  private static func precedes(_ left: Fingerprint, _ right: Fingerprint) -> Bool {
    (left.first, left.second) < (right.first, right.second)
  }

  private static func repeated(in marks: [RowMark]) -> (first: Int, second: Int)? {
    var found: (first: Int, second: Int)?
    for index in stride(from: 1, to: marks.count, by: 1)
    where marks[index].key == marks[index - 1].key && marks[index].row < found?.second ?? .max {
      found = (marks[index - 1].row, marks[index].row)
    }
    return found
  }

  /// Keeps the first rows of each kind; a kind that has fewer than its share leaves the rest to the
  /// others.
  mutating func cut(to limit: Int?) {
    guard let limit else { return }
    let counts = [modified.count, added.count, deleted.count]
    var shares = counts.map { min($0, limit / counts.count) }
    var rest = limit - shares.reduce(0, +)
    for kind in counts.indices {
      let more = min(rest, counts[kind] - shares[kind])
      shares[kind] += more
      rest -= more
    }
    modified.removeSubrange(shares[0]...)
    added.removeSubrange(shares[1]...)
    deleted.removeSubrange(shares[2]...)
  }
}
