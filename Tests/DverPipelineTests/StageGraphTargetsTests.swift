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
    #expect(drawing.mermaid.hasSuffix("\tnode4-->node5\n"))
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
}
