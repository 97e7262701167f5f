import DverCore
import DverPipeline
import Testing

@Suite struct StageGraphTargetsTests {
  private func example() throws -> StageGraph {
    try StageGraph(
      root: fixedRoot,
      files: [
        StageFile(
          path: path("dver.yaml"),
          stages: [
            stage("fetch", from: ["data/in.csv"], to: ["raw"]),
            stage("train@a", from: ["raw"], to: ["m/a"]),
            stage("train@b", from: ["raw/part"], to: ["m/b"]),
          ]),
        StageFile(
          path: path("sub/dver.yaml"), stages: [stage("fetch", from: ["../m/b"], to: ["x"])]),
      ], tracked: [TrackedPath(pointer: path("data/in.csv.dver"), path: path("data/in.csv"))])
  }

  @Test(arguments: [
    ("fetch", "", [0]), ("fetch", "sub", [3]), ("train@b", "", [2]), ("train", "", [1, 2]),
    ("dver.yaml", "", [0, 1, 2]), ("sub/dver.yaml", "", [3]), ("sub/dver.yaml:fetch", "", [3]),
    ("../dver.yaml:train@a", "sub", [1]), (":fetch", "sub", [3]), ("raw", "", [0]),
    ("dver.yaml:", "", [0, 1, 2]), (":", "sub", [3]),
    ("raw/part/7", "", [0]), ("x", "sub", [3]), ("../m/a", "sub", [1]),
  ])
  func finds(target: String, folder: String, stages: [Int]) throws {
    #expect(try example().select(target, from: path(folder)).stages == stages)
  }

  @Test func findsPointersPatternsAndFolders() throws {
    let graph = try example()
    #expect(try graph.select("data/in.csv.dver", from: .root).tracked == [0])
    #expect(try graph.select("data/in.csv", from: .root).tracked == [0])
    #expect(try graph.select("train@*", from: .root, isGlob: true).stages == [1, 2])
    #expect(try graph.select("sub", from: .root, isRecursive: true).stages == [3])
  }

  @Test(arguments: ["nothing", "sub", "train@c", "m", "sub/dver.yaml:train"])
  func namesUnknownTargets(target: String) throws {
    let graph = try example()
    let error = #expect(throws: StageGraphError.self) {
      try graph.select(target, from: .root)
    }
    #expect(error?.message.contains("'\(target)'") == true)
  }

  @Test func drawsStagesWithPointers() throws {
    let drawing = try example().drawing()
    #expect(
      drawing.dot == """
        strict digraph  {
        "data/in.csv.dver";
        "fetch";
        "train@a";
        "train@b";
        "sub/dver.yaml:fetch";
        "data/in.csv.dver" -> "fetch";
        "fetch" -> "train@a";
        "fetch" -> "train@b";
        "train@b" -> "sub/dver.yaml:fetch";
        }

        """)
    #expect(
      drawing.tree == """
        train@a
        └── fetch
            └── data/in.csv.dver
        sub/dver.yaml:fetch
        └── train@b
            └── fetch …

        """)
    #expect(drawing.mermaid.hasPrefix("flowchart TD\n\tnode1[\"data/in.csv.dver\"]\n"))
    // The order of names.
    #expect(
      drawing.mermaid.hasSuffix(
        "\tnode5[\"train@b\"]\n\tnode1-->node2\n\tnode2-->node4\n\tnode2-->node5\n\tnode5-->node3\n"
      ))
  }

  @Test func drawsOutputsAndGroups() throws {
    let graph = try example()
    let outputs = graph.drawing(nodes: .outputs)
    #expect(outputs.nodes == ["data/in.csv", "raw", "m/a", "m/b", "sub/x"])
    #expect(outputs.arrows.count == 4)
    let groups = graph.drawing(nodes: .groups)
    #expect(groups.nodes == ["data/in.csv.dver", "fetch", "train", "sub/dver.yaml:fetch"])
    #expect(groups.arrows.count == 3)
    let part = graph.drawing(of: .init(stages: [0, 1]))
    #expect(part.nodes == ["fetch", "train@a"])
  }

  /// The graph of DVC's own tests of `dag`.
  @Test func drawsWhatBelongsToATarget() throws {
    let graph = try StageGraph(
      root: fixedRoot,
      files: [
        StageFile(
          path: path("dver.yaml"),
          stages: [
            stage("1", from: ["a", "c"], to: ["d", "e"]),
            stage("2", from: ["b", "c"], to: ["f", "g"]),
            stage("3", from: ["a", "b", "c"], to: ["h", "i"]),
            stage("4", from: ["a", "h"], to: ["j"]),
          ])
      ],
      tracked: ["a", "b"].map { TrackedPath(pointer: path("\($0).dver"), path: path($0)) })
    func arrows(_ drawing: GraphDrawing) -> [String] {
      drawing.arrows.map { "\(drawing.nodes[$0.source])>\(drawing.nodes[$0.target])" }.sorted()
    }
    let three = try graph.select("3", from: .root)
    let all = graph.drawing(of: graph.connected(with: three))
    #expect(
      arrows(all) == ["3>4", "a.dver>1", "a.dver>3", "a.dver>4", "b.dver>2", "b.dver>3"])
    let four = graph.drawing(ofOutputs: try graph.select("4", from: .root))
    #expect(arrows(four) == ["a>h", "a>j", "b>h", "h>j"])
    let h = graph.drawing(ofOutputs: try graph.select("h", from: .root), at: path("h"))
    #expect(h.nodes.sorted() == ["a", "b", "h"] && arrows(h) == ["a>h", "b>h"])
    let full = graph.drawing(ofOutputs: three, isFull: true)
    #expect(full.nodes.sorted() == ["a", "b", "d", "e", "f", "g", "h", "i", "j"])
  }
}
