/// Named nodes and arrows between them, to print.
///
/// Arrows point from what is read to what reads it. The same nodes and arrows give the same text.
package struct GraphDrawing: Hashable, Sendable {
  package struct Arrow: Hashable, Sendable {
    package let source: Int
    package let target: Int
  }

  /// In the order to print them, sources first.
  package let nodes: [String]
  /// Sorted by source, then by target.
  package let arrows: [Arrow]

  package init(nodes: [String], arrows: [(source: Int, target: Int)]) {
    self.nodes = nodes
    var seen: Set<Arrow> = []
    self.arrows = arrows.map { Arrow(source: $0.source, target: $0.target) }
      .filter { $0.source != $0.target && seen.insert($0).inserted }
      .sorted { ($0.source, $0.target) < ($1.source, $1.target) }
  }

  /// Graphviz' language.
  package var dot: String {
    var text = "strict digraph  {\n"
    for node in nodes { text += "\(Self.quoted(node));\n" }
    for arrow in arrows {
      text += "\(Self.quoted(nodes[arrow.source])) -> \(Self.quoted(nodes[arrow.target]));\n"
    }
    return text + "}\n"
  }

  /// Mermaid's language; nodes are numbered because their names may hold anything.
  ///
  /// As in DVC's, one connected part comes behind the other, each in the order of its names.
  package var mermaid: String {
    var text = "flowchart TD\n"
    var numbers = Array(repeating: 0, count: nodes.count)
    var count = 0
    let arrowsBySource = Dictionary(grouping: arrows, by: \.source)
    for part in connectedParts {
      let sorted = part.sorted { nodes[$0].utf8.lexicographicallyPrecedes(nodes[$1].utf8) }
      for node in sorted {
        count += 1
        numbers[node] = count
        text += "\tnode\(count)[\"\(nodes[node].replacing("\"", with: "#quot;"))\"]\n"
      }
      for node in sorted {
        for target in (arrowsBySource[node] ?? []).map({ numbers[$0.target] }).sorted() {
          text += "\tnode\(numbers[node])-->node\(target)\n"
        }
      }
    }
    return text
  }

  /// A tree for each node that nothing reads, with what it reads below it; a node met before stands
  /// without its own sources and with `…` behind it.
  package var tree: String {
    var sources = Array(repeating: [Int](), count: nodes.count)
    var isRead = Array(repeating: false, count: nodes.count)
    for arrow in arrows {
      sources[arrow.target].append(arrow.source)
      isRead[arrow.source] = true
    }
    var isShown = Array(repeating: false, count: nodes.count)
    var text = ""
    // An explicit stack: a chain may be longer than threads have room for.
    var open: [(node: Int, line: String, indent: String)] = []
    for node in nodes.indices.reversed() where !isRead[node] { open.append((node, "", "")) }
    while let (node, line, indent) = open.popLast() {
      let isRepeated = isShown[node] && !sources[node].isEmpty
      text += "\(line)\(nodes[node])\(isRepeated ? " …" : "")\n"
      guard !isShown[node] else { continue }
      isShown[node] = true
      for (number, source) in sources[node].enumerated().reversed() {
        let isLast = number == sources[node].count - 1
        open.append(
          (source, indent + (isLast ? "└── " : "├── "), indent + (isLast ? "    " : "│   ")))
      }
    }
    return text
  }

  /// What leads to the nodes `targets`, or where `isFull` all that is connected with them.
  func part(around targets: [Int], isFull: Bool) -> GraphDrawing {
    let kept = Self.reached(from: targets, by: neighbours(bothWays: isFull))
    let chosen = nodes.indices.filter { kept.contains($0) }
    var numbers: [Int: Int] = [:]
    for (number, node) in chosen.enumerated() { numbers[node] = number }
    let inside = arrows.compactMap { arrow -> (source: Int, target: Int)? in
      guard let source = numbers[arrow.source], let target = numbers[arrow.target] else {
        return nil
      }
      return (source, target)
    }
    return GraphDrawing(nodes: chosen.map { nodes[$0] }, arrows: inside)
  }

  /// The nodes of each connected part, in the order of the parts' first nodes.
  private var connectedParts: [[Int]] {
    let neighbours = neighbours(bothWays: true)
    var seen: Set<Int> = []
    var parts: [[Int]] = []
    for node in nodes.indices where !seen.contains(node) {
      let part = Self.reached(from: [node], by: neighbours)
      seen.formUnion(part)
      parts.append(part.sorted())
    }
    return parts
  }

  /// The nodes that lead to each node, and where `bothWays` those that it leads to.
  private func neighbours(bothWays: Bool) -> [[Int]] {
    var lists = Array(repeating: [Int](), count: nodes.count)
    for arrow in arrows {
      lists[arrow.target].append(arrow.source)
      if bothWays { lists[arrow.source].append(arrow.target) }
    }
    return lists
  }

  private static func reached(from start: [Int], by neighbours: [[Int]]) -> Set<Int> {
    var found = Set(start)
    var open = start
    while let node = open.popLast() {
      for next in neighbours[node] where found.insert(next).inserted { open.append(next) }
    }
    return found
  }

  private static func quoted(_ name: String) -> String {
    "\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
