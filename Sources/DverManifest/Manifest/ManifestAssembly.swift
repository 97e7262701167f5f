import DverCore

/// Puts the entries of all nodes that were read into one table, in order.
///
/// Ranges hold the entries of their directory around its subtrees, so both are merged. Where all
/// nodes were read, the shape of the tree is checked too.
struct ManifestAssembly {
  /// A directory that is being walked.
  private struct Frame {
    let node: Int
    /// How many entries the table held before.
    let start: Int
    var line = 0
    /// How many of the lines so far name a child.
    var child = 0
    /// The nodes of the directory's ranges, in order, and the next entry in them.
    var ranges: [Int] = []
    var range = 0
    var rangeLine = 0
    var inlinedCount = 0
    var run = DirectoryRun()
  }

  private let tree: LoadedManifest
  private let selection: ManifestSelection
  private let shape: ManifestShape
  private var table = EntryTable()
  private var order = EntryOrder()

  init(tree: LoadedManifest, selection: ManifestSelection, shape: ManifestShape) {
    self.tree = tree
    self.selection = selection
    self.shape = shape
  }

  mutating func run() throws(ManifestError) -> EntryTable {
    if selection.isAll {
      let bytes = tree.nodes.reduce(0) {
        $0 + $1.node.paths.bytes.count + $1.node.entryCount * $1.reference.prefix.count
      }
      table.reserveCapacity(tree.nodes.reduce(0) { $0 + $1.node.entryCount }, pathByteCount: bytes)
    }
    var stack = [Frame(node: 0, start: 0)]
    stack[0].ranges = try ranges(of: 0)
    while var frame = stack.popLast() {
      if let child = try advance(&frame) {
        stack.append(frame)
        var below = Frame(node: child, start: table.count)
        below.ranges = try ranges(of: child)
        stack.append(below)
      } else if selection.isAll {
        try checkShape(frame)
      }
    }
    return table
  }

  /// The nodes that hold the entries of a directory's ranges.
  private func ranges(of directory: Int) throws(ManifestError) -> [Int] {
    let parent = tree.nodes[directory]
    guard parent.node.rangeCount > 0 else { return [] }
    var found: [Int] = []
    var outerCount = 0
    for child in parent.children {
      guard let child, tree.nodes[child].reference.role != .directory else { continue }
      if tree.nodes[child].node.rangeCount > 0 {
        outerCount += 1
        found += tree.nodes[child].children.compactMap { $0 }
      } else {
        found.append(child)
      }
    }
    if selection.isAll {
      let isNested = found.count > shape.rangeLineLimit
      guard outerCount == (isNested ? parent.node.rangeCount : 0) else {
        throw .node(parent.reference.location, problem: .nestedRange)
      }
    }
    return found
  }

  /// Walks on to the next subtree that was read, and returns its node; `nil` at the end.
  private mutating func advance(_ frame: inout Frame) throws(ManifestError) -> Int? {
    let directory = tree.nodes[frame.node]
    while frame.line < directory.node.count {
      let line = frame.line
      frame.line += 1
      switch directory.node.kinds[line] {
      case .range:
        frame.child += 1
      case .subtree:
        try emitRanges(&frame, before: line)
        frame.child += 1
        if let child = directory.children[frame.child - 1] { return child }
      default:
        try emit(frame.node, line, &frame)
      }
    }
    try emitRanges(&frame, before: nil)
    return nil
  }

  /// Emits the entries of ranges that come before the path of `line`, or all that are left.
  private mutating func emitRanges(_ frame: inout Frame, before line: Int?) throws(ManifestError) {
    let directory = tree.nodes[frame.node].node
    while frame.range < frame.ranges.count {
      let number = frame.ranges[frame.range]
      let node = tree.nodes[number].node
      while frame.rangeLine < node.count {
        if let line {
          let comparison = node.paths.withPath(frame.rangeLine) { entry in
            directory.paths.withPath(line) { compareBytes(entry, $0) }
          }
          guard comparison < 0 else { return }
        }
        try emit(number, frame.rangeLine, &frame)
        frame.rangeLine += 1
      }
      frame.range += 1
      frame.rangeLine = 0
    }
  }

  private mutating func emit(
    _ number: Int, _ line: Int, _ frame: inout Frame
  ) throws(ManifestError) {
    let source = tree.nodes[number]
    guard let kind = source.node.kinds[line].entryKind else { return }
    let bytes = source.node.paths.bytes.span
    let path = bytes.extracting(source.node.paths.range(line))
    let name = path.extracting(droppingLast: kind == .emptyDirectory ? 1 : 0)
    guard selection.contains(source.reference.prefix, name) else { return }
    table.append(
      joining: source.reference.prefix.span, name, kind: kind, digest: source.node.digests[line],
      size: source.node.sizes[line], target: kind == .link ? source.node.targets[line] : nil)
    if let problem = Self.orderProblem(in: table, &order) {
      throw .line(node: source.reference.location, line: line + 2, problem: problem)
    }
    guard selection.isAll, source.node.rangeCount == 0 else { return }
    frame.inlinedCount += 1
    if !frame.ranges.isEmpty, frame.run.add(name) >= shape.subtreeEntryMinimum {
      throw .line(node: source.reference.location, line: line + 2, problem: .wronglyInlined)
    }
  }

  /// What is wrong with the order of the last two entries of `table`.
  private static func orderProblem(
    in table: EntryTable, _ order: inout EntryOrder
  ) -> ManifestProblem? {
    let last = table.count - 1
    let bytes = table.paths.bytes.span
    let path = bytes.extracting(table.paths.range(last))
    guard last > 0 else {
      order.begin(with: path, hasSlash: table.hasSlash(last))
      return nil
    }
    return order.problem(
      with: path, hasSlash: table.hasSlash(last),
      after: bytes.extracting(table.paths.range(last - 1)),
      previousHasSlash: table.hasSlash(last - 1))
  }

  private func checkShape(_ frame: Frame) throws(ManifestError) {
    let directory = tree.nodes[frame.node]
    let entryCount = table.count - frame.start
    func fail(_ problem: ManifestProblem) -> ManifestError {
      .node(directory.reference.location, problem: problem)
    }
    if directory.node.subtreeCount + directory.node.rangeCount > 0 {
      guard entryCount > shape.inlinedEntryLimit else { throw fail(.wronglySplit) }
    }
    if directory.node.rangeCount > 0 {
      guard frame.inlinedCount > shape.inlinedEntryLimit else { throw fail(.wronglySplit) }
    }
    if directory.reference.claim != nil {
      guard entryCount >= shape.subtreeEntryMinimum else { throw fail(.wronglySplit) }
    }
  }
}
