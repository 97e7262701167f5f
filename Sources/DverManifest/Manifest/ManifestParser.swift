import DverCore
import DverHashing
import Glibc

/// Reads the text of one node, and refuses whatever dver does not write.
struct ManifestParser {
  private(set) var node = ManifestNode()
  private let location: RepositoryPath
  private var order = EntryOrder()
  private var line = 1

  init(location: RepositoryPath) { self.location = location }

  mutating func parse(_ text: Span<UInt8>) throws(ManifestError) {
    let header = ManifestNode.header
    guard text.hasPrefix(header.span) else { throw failure(.header) }
    // A line holds 70 bytes and a path of a few.
    let estimate = text.count / 90 + 1
    node.kinds.reserveCapacity(estimate)
    node.digests.reserveCapacity(estimate)
    node.sizes.reserveCapacity(estimate)
    node.fileCounts.reserveCapacity(estimate)
    node.paths.reserveCapacity(estimate, byteCount: text.count / 4)
    var position = header.count
    while position < text.count {
      line += 1
      guard let end = Self.lineEnd(in: text, from: position) else { throw failure(.lineEnd) }
      do {
        try parseLine(text.extracting(position..<end))
      } catch {
        throw failure(error)
      }
      position = end + 1
    }
  }

  private func failure(_ problem: ManifestProblem) -> ManifestError {
    .line(node: location, line: line, problem: problem)
  }

  private static func lineEnd(in text: Span<UInt8>, from position: Int) -> Int? {
    unsafe text.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress,
        let found = unsafe memchr(base + position, 0x0a, buffer.count - position)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  private mutating func parseLine(_ text: Span<UInt8>) throws(ManifestProblem) {
    guard text.count >= 2, text[1] == Self.blank else { throw .lineKind }
    switch text[0] {
    case UInt8(ascii: "f"): try parseFile(text, .file)
    case UInt8(ascii: "x"): try parseFile(text, .executable)
    case UInt8(ascii: "l"): try parseLink(text)
    case UInt8(ascii: "e"):
      try add(.emptyDirectory, Digest.zero, files: 0, bytes: 0, path: text.extracting(2...))
    case UInt8(ascii: "t"): try parseChild(text, .subtree)
    case UInt8(ascii: "r"): try parseChild(text, .range)
    default: throw .lineKind
    }
  }

  private mutating func parseFile(
    _ text: Span<UInt8>, _ kind: ManifestNode.LineKind
  ) throws(ManifestProblem) {
    var position = 2
    let digest = try Self.digest(in: text, &position)
    let bytes = try Self.number(in: text, &position)
    try add(kind, digest, files: 1, bytes: bytes, path: text.extracting(position...))
  }

  private mutating func parseChild(
    _ text: Span<UInt8>, _ kind: ManifestNode.LineKind
  ) throws(ManifestProblem) {
    var position = 2
    let digest = try Self.digest(in: text, &position)
    let files = try Self.number(in: text, &position)
    let bytes = try Self.number(in: text, &position)
    try add(kind, digest, files: files, bytes: bytes, path: text.extracting(position...))
  }

  private mutating func parseLink(_ text: Span<UInt8>) throws(ManifestProblem) {
    var tab = 2
    while tab < text.count, text[tab] != Self.tab { tab += 1 }
    guard tab < text.count else { throw .separator }
    guard let target = PathQuoting.unquote(text.extracting(2..<tab)) else { throw .quoting }
    guard (1...ManifestPath.maximumByteCount).contains(target.count) else { throw .target }
    guard !target.contains(0) else { throw .pathNull }
    node.targets[node.count] = target
    try add(
      .link, Self.digest(ofTarget: target), files: 1, bytes: 0, path: text.extracting((tab + 1)...))
  }

  private mutating func add(
    _ kind: ManifestNode.LineKind, _ digest: Digest, files: Int64, bytes: Int64, path: Span<UInt8>
  ) throws(ManifestProblem) {
    let fileCount = node.fileCount.addingReportingOverflow(files)
    let byteCount = node.byteCount.addingReportingOverflow(bytes)
    guard !fileCount.overflow, !byteCount.overflow else { throw .size }
    node.fileCount = fileCount.partialValue
    node.byteCount = byteCount.partialValue
    if kind == .subtree { node.subtreeCount += 1 }
    if kind == .range { node.rangeCount += 1 }
    try addPath(path)
    try Self.checkPath(of: kind, last: node.count, in: node.paths, &order)
    node.kinds.append(kind)
    node.digests.append(digest)
    node.fileCounts.append(files)
    node.sizes.append(bytes)
  }

  private mutating func addPath(_ text: Span<UInt8>) throws(ManifestProblem) {
    guard !text.isEmpty else { throw .pathEmpty }
    if text[0] == UInt8(ascii: "\"") {
      guard let path = PathQuoting.unquote(text) else { throw .quoting }
      node.paths.append(joining: path.span, Span())
    } else {
      guard !PathQuoting.needsQuotes(text) else { throw .quoting }
      node.paths.append(joining: text, Span())
    }
  }

  /// Checks path `last` and its place behind the one before, for a line of `kind`.
  private static func checkPath(
    of kind: ManifestNode.LineKind, last: Int, in paths: PathTable, _ order: inout EntryOrder
  ) throws(ManifestProblem) {
    let bytes = paths.bytes.span
    let path = bytes.extracting(paths.range(last))
    let hasSlash = path[path.count - 1] == RepositoryPath.slash
    let isDirectory = kind == .emptyDirectory || kind == .subtree
    guard hasSlash == isDirectory || kind == .range else { throw .pathSlash }
    let name = path.extracting(droppingLast: hasSlash ? 1 : 0)
    if let problem = ManifestPath.problem(with: name) { throw problem }
    guard last > 0 else { return order.begin(with: name, hasSlash: hasSlash) }
    let previous = bytes.extracting(paths.range(last - 1))
    let previousHasSlash = previous[previous.count - 1] == RepositoryPath.slash
    let problem = order.problem(
      with: name, hasSlash: hasSlash,
      after: previous.extracting(droppingLast: previousHasSlash ? 1 : 0),
      previousHasSlash: previousHasSlash)
    if let problem { throw problem }
  }

  /// Reads a digest and the blank behind it.
  private static func digest(
    in text: Span<UInt8>, _ position: inout Int
  ) throws(ManifestProblem) -> Digest {
    let end = position + Digest.hexCount
    guard end < text.count else { throw .digest }
    guard let digest = HexText.digest(in: text, at: position) else { throw .digest }
    guard text[end] == blank else { throw .separator }
    position = end + 1
    return digest
  }

  /// Reads a number and the blank behind it.
  private static func number(
    in text: Span<UInt8>, _ position: inout Int
  ) throws(ManifestProblem) -> Int64 {
    let start = position
    var value: Int64 = 0
    while position < text.count, text[position] != blank {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { throw .number }
      let product = value.multipliedReportingOverflow(by: 10)
      let sum = product.partialValue.addingReportingOverflow(Int64(digit))
      guard !product.overflow, !sum.overflow else { throw .numberRange }
      value = sum.partialValue
      position += 1
    }
    guard position < text.count else { throw .separator }
    guard position > start, position == start + 1 || text[start] != UInt8(ascii: "0") else {
      throw .number
    }
    position += 1
    return value
  }

  static func digest(ofTarget target: [UInt8]) -> Digest { SHA256.digest(of: target.span) }

  private static let blank = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
}
