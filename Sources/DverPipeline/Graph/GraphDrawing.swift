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
  package var mermaid: String {
    var text = "flowchart TD\n"
    for (number, node) in nodes.enumerated() {
      text += "\tnode\(number + 1)[\"\(node.replacing("\"", with: "#quot;"))\"]\n"
    }
    for arrow in arrows { text += "\tnode\(arrow.source + 1)-->node\(arrow.target + 1)\n" }
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

  private static func quoted(_ name: String) -> String {
    "\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
