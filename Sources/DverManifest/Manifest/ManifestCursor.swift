import DverCore

/// Walks the entries of a manifest in order, and opens subtrees and ranges only when told to.
///
/// Stands at an entry, or at a block: a subtree or range that is not opened.
struct ManifestCursor {
  /// A node and the next line in it; a class because it is passed around for every entry.
  private final class Position {
    let reference: ManifestNodeReference
    let node: ManifestNode
    var line = 0

    init(_ reference: ManifestNodeReference, _ node: ManifestNode) {
      self.reference = reference
      self.node = node
    }

    var isAtEnd: Bool { line >= node.count }
  }

  /// A directory that is being walked: its node, and what is open of its ranges, whose entries
  /// stand around its subtrees.
  private struct Frame {
    var directory: Position
    var outer: Position?
    var range: Position?
    var hasPassedRange = false
  }

  private enum Source {
    case directory
    case outer
    case range
  }

  private let reader: ManifestReader
  private let budget: ReadBudget
  private var frames: [Frame] = []
  private var source = Source.directory
  /// The path of the entry or block before.
  private var previous: [UInt8] = []

  /// The path of the entry, which ends in a slash for empty directories, or the first path of the
  /// block.
  private(set) var path: [UInt8] = []
  private(set) var isAtEnd = false
  private(set) var kind = ManifestNode.LineKind.file
  private(set) var digest = Digest.zero
  private(set) var size: Int64 = 0

  init(root: Digest, reader: ManifestReader) throws {
    self.reader = reader
    budget = ReadBudget(maximumEntryCount: reader.maximumEntryCount)
    let reference = ManifestNodeReference(root: root)
    let position = Position(reference, try reader.node(reference))
    frames.append(Frame(directory: position))
    try settle(isFirst: true)
  }

  var isBlock: Bool { !isAtEnd && !kind.isEntry }

  /// The path without the slash of an empty directory.
  var entryPath: ArraySlice<UInt8> { path.dropLast(kind == .emptyDirectory ? 1 : 0) }

  var side: ManifestChanges.Side? {
    kind.entryKind.map { ManifestChanges.Side(kind: $0, digest: digest, size: size) }
  }

  /// Whether both stand at the same entry, or at blocks with the same entries, given equal paths.
  func holdsSame(as other: ManifestCursor) -> Bool {
    !isAtEnd && !other.isAtEnd && kind == other.kind && digest == other.digest && size == other.size
  }

  /// Goes on behind the entry or block.
  mutating func advance() throws {
    step()
    try settle(isFirst: false)
  }

  /// Goes to the first entry or block inside the block.
  mutating func open() throws {
    let frame = frames[frames.count - 1]
    let parent = source == .outer ? frame.outer : frame.directory
    guard let parent else { return }
    let reference = reference(in: parent, frame)
    step()
    let position = Position(reference, try reader.node(reference))
    try budget.spendNodes(1)
    try budget.spend(position.node, prefixCount: reference.prefix.count)
    let top = frames.count - 1
    if reference.role == .directory {
      frames.append(Frame(directory: position))
    } else {
      let isOuter = position.node.rangeCount > 0
      guard frame.range?.isAtEnd ?? true, source == .outer || (frame.outer?.isAtEnd ?? true) else {
        throw ManifestError.node(reference.location, problem: .rangeEnd)
      }
      if isOuter { frames[top].outer = position } else { frames[top].range = position }
    }
    try settle(isFirst: true)
  }

  private func reference(in parent: Position, _ frame: Frame) -> ManifestNodeReference {
    let isFirst = source == .outer ? parent.line == 0 : !frame.hasPassedRange
    return ChildLines.child(
      parent.line, of: parent.node, parent.reference, isFirstRange: isFirst)
  }

  /// Moves behind the present line.
  private mutating func step() {
    let top = frames.count - 1
    switch source {
    case .directory:
      if kind == .range { frames[top].hasPassedRange = true }
      frames[top].directory.line += 1
    case .outer: frames[top].outer?.line += 1
    case .range: frames[top].range?.line += 1
    }
  }

  /// Finds the first of the lines that come next.
  private mutating func settle(isFirst: Bool) throws {
    swap(&path, &previous)
    while let frame = frames.last {
      guard let source = Self.next(in: frame) else {
        frames.removeLast()
        continue
      }
      self.source = source
      let position =
        switch source {
        case .directory: frame.directory
        case .outer: frame.outer ?? frame.directory
        case .range: frame.range ?? frame.directory
        }
      path.removeAll(keepingCapacity: true)
      path.append(contentsOf: position.reference.prefix)
      position.node.paths.withPath(position.line) { path.append($0) }
      kind = position.node.kinds[position.line]
      digest = position.node.digests[position.line]
      size = position.node.sizes[position.line]
      let order = compareBytes(previous.span, path.span)
      guard order < 0 || (isFirst && order == 0) else {
        throw ManifestError.line(
          node: position.reference.location, line: position.line + 2, problem: .order)
      }
      return
    }
    isAtEnd = true
  }

  /// Which of a directory's open nodes has the line that comes first; `nil` at their end.
  private static func next(in frame: Frame) -> Source? {
    var best: (source: Source, position: Position)?
    func consider(_ source: Source, _ position: Position?) {
      guard let position, !position.isAtEnd else { return }
      if let present = best {
        let order = position.node.paths.withPath(position.line) { path in
          present.position.node.paths.withPath(present.position.line) { compareBytes(path, $0) }
        }
        guard order < 0 else { return }
      }
      best = (source, position)
    }
    consider(.directory, frame.directory)
    consider(.outer, frame.outer)
    consider(.range, frame.range)
    return best?.source
  }
}
