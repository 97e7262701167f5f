/// Many paths in one allocation, in the order in which they were appended.
///
/// At most 4 GiB of path bytes, which is some 60 million paths.
package struct PathTable: Sendable {
  /// All paths, one behind the other.
  package private(set) var bytes: [UInt8] = []
  /// Where each path ends in `bytes`.
  package private(set) var ends: [UInt32] = []

  package init() {}

  /// Takes both parts; `nil` unless `ends` ascends and reaches the end of `bytes`.
  package init?(bytes: [UInt8], ends: [UInt32]) {
    var previous: UInt32 = 0
    for end in ends {
      guard end >= previous else { return nil }
      previous = end
    }
    guard Int(previous) == bytes.count else { return nil }
    self.bytes = bytes
    self.ends = ends
  }

  package var count: Int { ends.count }
  package var isEmpty: Bool { ends.isEmpty }

  package mutating func reserveCapacity(_ count: Int, byteCount: Int) {
    ends.reserveCapacity(count)
    bytes.reserveCapacity(byteCount)
  }

  package mutating func append(_ path: some Collection<UInt8>) {
    bytes.append(contentsOf: path)
    ends.append(UInt32(bytes.count))
  }

  /// Appends `folder`, a slash and `name`; without the slash where `folder` is empty.
  package mutating func append(_ folder: some Collection<UInt8>, _ name: some Collection<UInt8>) {
    if !folder.isEmpty {
      bytes.append(contentsOf: folder)
      bytes.append(RepositoryPath.slash)
    }
    bytes.append(contentsOf: name)
    ends.append(UInt32(bytes.count))
  }

  /// Appends `head` and `tail` as one path, with nothing between them.
  package mutating func append(joining head: Span<UInt8>, _ tail: Span<UInt8>) {
    unsafe head.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    unsafe tail.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    ends.append(UInt32(bytes.count))
  }

  /// Appends paths `range` of `other`.
  package mutating func append(contentsOf other: PathTable, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let source = other.range(range.lowerBound).lowerBound..<Int(other.ends[range.upperBound - 1])
    let shift = bytes.count - source.lowerBound
    bytes.append(contentsOf: other.bytes[source])
    for index in range { ends.append(UInt32(Int(other.ends[index]) + shift)) }
  }

  /// Where path `index` stands in `bytes`.
  package func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  package subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// The paths that end in `suffix`, by their last bytes alone; ascending.
  package func positions(endingIn suffix: [UInt8]) -> [Int] {
    guard let last = suffix.last else { return Array(ends.indices) }
    var found: [Int] = []
    var end = 0
    for (index, next) in ends.enumerated() {
      let start = end
      end = Int(next)
      guard end - start >= suffix.count, bytes[end - 1] == last else { continue }
      if self[index].suffix(suffix.count) == suffix[...] { found.append(index) }
    }
    return found
  }

  /// Path `index`, borrowed for the time of a call.
  package func withPath<Result: ~Copyable, Failure: Error>(
    _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes.span.extracting(range(index)))
  }
}

/// Compares raw bytes: negative where `left` comes first, 0 where they are equal.
package func compareBytes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
  let common = min(left.count, right.count)
  for index in 0..<common {
    let (a, b) = (left[index], right[index])
    if a != b { return a < b ? -1 : 1 }
  }
  return left.count - right.count
}
