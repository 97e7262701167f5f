import DverCore
import Glibc

/// Paths sorted by their bytes, each with a number, to look up paths around and below another.
///
/// All bytes lie in one array, so that building and searching cost no object a path.
struct PathIndex: Sendable {
  private var bytes: [UInt8] = []
  /// Where each path begins in `bytes`, in sorted order, and the end behind the last.
  private var starts: [Int32] = [0]
  /// The place in the input of each sorted path.
  private var numbers: [Int32] = []

  /// Numbers are the places of `paths`; of equal paths the first comes first.
  init(_ paths: [RepositoryPath]) {
    let order = paths.indices.sorted { left, right in
      let (first, second) = (paths[left].bytes, paths[right].bytes)
      let comparison = Self.compare(first.span, second.span)
      return comparison == 0 ? left < right : comparison < 0
    }
    bytes.reserveCapacity(paths.reduce(0) { $0 + $1.bytes.count })
    starts.reserveCapacity(paths.count + 1)
    numbers.reserveCapacity(paths.count)
    for index in order {
      bytes.append(contentsOf: paths[index].bytes)
      starts.append(Int32(bytes.count))
      numbers.append(Int32(index))
    }
  }

  /// Calls `body` with the number of every path that equals `path`.
  func forEachEqual(to path: [UInt8], _ body: (Int) throws -> Void) rethrows {
    try forEachEqual(to: path.span, body)
  }

  /// Calls `body` with the number of every path that is a folder around `path`, from the top.
  func forEachAncestor(of path: [UInt8], _ body: (Int) throws -> Void) rethrows {
    for end in path.indices where path[end] == RepositoryPath.slash {
      try forEachEqual(to: path.span.extracting(0..<end), body)
    }
  }

  /// Calls `body` with the number of every path below the folder `path`, in sorted order.
  func forEachDescendant(of path: [UInt8], _ body: (Int) throws -> Void) rethrows {
    let prefix = path.isEmpty ? [] : path + [RepositoryPath.slash]
    var position = lowerBound(of: prefix.span)
    while position < numbers.count, hasPrefix(prefix, at: position) {
      // The root itself is not below the root.
      if starts[position + 1] > starts[position] || !path.isEmpty {
        try body(Int(numbers[position]))
      }
      position += 1
    }
  }

  private func forEachEqual(to path: Span<UInt8>, _ body: (Int) throws -> Void) rethrows {
    var position = lowerBound(of: path)
    while position < numbers.count, compare(position, path) == 0 {
      try body(Int(numbers[position]))
      position += 1
    }
  }

  private func lowerBound(of path: Span<UInt8>) -> Int {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if compare(middle, path) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func compare(_ position: Int, _ path: Span<UInt8>) -> Int {
    let range = Int(starts[position])..<Int(starts[position + 1])
    return Self.compare(bytes.span.extracting(range), path)
  }

  private func hasPrefix(_ prefix: [UInt8], at position: Int) -> Bool {
    let (start, end) = (Int(starts[position]), Int(starts[position + 1]))
    guard end - start >= prefix.count else { return false }
    let range = start..<start + prefix.count
    return Self.compare(bytes.span.extracting(range), prefix.span) == 0
  }

  private static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    let shorter = min(left.count, right.count)
    if shorter > 0 {
      let order = unsafe left.withUnsafeBytes { first in
        unsafe right.withUnsafeBytes { second -> Int32 in
          guard let first = first.baseAddress, let second = second.baseAddress else { return 0 }
          return unsafe memcmp(first, second, shorter)
        }
      }
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }
}
