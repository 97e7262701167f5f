import DverCore
import DverManifest
import DverPipeline
import TestSupport
import Testing

@Suite struct StageGraphTests {
  @Test func connectsStagesByEqualContainedAndContainingPaths() throws {
    let graph = try graph([
      stage("train", from: ["data/clean/a.csv", "src"], to: ["model.bin"]),
      stage("clean", from: ["data/raw"], to: ["data/clean"]),
      stage("fetch", to: ["data/raw/x.csv", "data/raw-2"]),
      stage("generate", to: ["src/generated/code.py"]),
    ])
    #expect(graph.upstream == [[1, 3], [2], [], []])
    #expect(graph.downstream == [[], [0], [1], [0]])
    #expect(graph.order == [2, 1, 3, 0])
  }

  @Test func connectsStagesThroughParameterFilesAndTrackedPaths() throws {
    let graph = try graph(
      [
        stage(
          "train", from: ["data/images/1.jpg"], to: ["model"],
          parameters: [ParameterSelection(file: "best.yaml", keys: ["lr"])]),
        stage("search", to: ["best.yaml"]),
      ], tracked: [TrackedPath(pointer: path("data/images.dver"), path: path("data/images"))])
    #expect(graph.upstream == [[1], []])
    #expect(graph.trackedUpstream == [[0], []])
  }

  @Test func resolvesPathsFromTheFolderOfTheFileAndItsWorkingDirectory() throws {
    let graph = try StageGraph(
      root: fixedRoot,
      files: [
        StageFile(
          path: path("sub/dver.yaml"),
          stages: [stage("a", from: ["../in", "/etc/hosts"], to: ["out"], directory: "../work")])
      ])
    let resolved = graph.stages[0]
    #expect(resolved.directory == path("work"))
    #expect(resolved.dependencies[0] == .inside(path("in")))
    #expect(resolved.dependencies[1].description == "/etc/hosts")
    #expect(resolved.outputs == [path("work/out")])
    #expect(resolved.address.text == "sub/dver.yaml:a")
    #expect(resolved.address.fileName == "sub%2Fdver.yaml%3Aa")
  }

  @Test(arguments: ["../out", "/home/ada/project/out", ".", "s3://bucket/out", "a/../../x"])
  func refusesOutputsOutsideTheWorkspace(output: String) {
    #expect(throws: StageGraphError.self) { try graph([stage("a", to: [output])]) }
  }

  @Test(arguments: [
    ("out", "out", "out is an output of both stage 'a' and stage 'b'"),
    ("out", "out/x", "the output out/x of stage 'b' overlaps out of stage 'a'"),
    ("out/x", "out", "the output out of stage 'b' overlaps out/x of stage 'a'"),
  ])
  func refusesOverlapsAndNamesBothStages(first: String, second: String, message: String) {
    let error = #expect(throws: StageGraphError.self) {
      try graph([stage("a", to: [first]), stage("b", to: ["out-2", second])])
    }
    #expect(error?.message == message)
  }

  @Test(arguments: ["data", "data/images", "data/images/1.jpg"])
  func refusesOutputsOverTrackedPaths(output: String) {
    let error = #expect(throws: StageGraphError.self) {
      try graph(
        [stage("a", to: [output])],
        tracked: [TrackedPath(pointer: path("data/images.dver"), path: path("data/images"))])
    }
    #expect(error?.message.contains("data/images.dver") == true)
  }

  @Test func namesTheStagesOfACycleInOrder() {
    let error = #expect(throws: StageGraphError.self) {
      try graph([
        stage("start", to: ["s"]), stage("a", from: ["c.out", "s"], to: ["a.out"]),
        stage("b", from: ["a.out"], to: ["b.out"]), stage("c", from: ["b.out"], to: ["c.out"]),
      ])
    }
    #expect(
      error?.message == "stages depend on each other in a circle: 'a' -> 'c' -> 'b' -> 'a'")
    let own = #expect(throws: StageGraphError.self) {
      try graph([stage("a", from: ["data"], to: ["data/x"])])
    }
    #expect(own?.message == "stage 'a' depends on its own output")
  }

  @Test(arguments: Seeds.standard)
  func agreesWithAComparisonOfAllPairs(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let stages = randomStages(count: 40, using: &generator)
    let graph = try graph(stages)
    for (reader, stage) in stages.enumerated() {
      let expected = stages.indices.filter { writer in
        stages[writer].outputs.contains { output in
          stage.dependencies.contains { related($0, output.path) }
        }
      }
      #expect(graph.upstream[reader] == expected)
    }
    for stage in stages.indices {
      #expect(graph.upstream[stage].allSatisfy { graph.position[$0] < graph.position[stage] })
    }
    #expect(graph.order.sorted() == Array(stages.indices))
    let closure = graph.upstreamClosure(of: [stages.count - 1])
    #expect(closure.allSatisfy { Set(graph.upstream[$0]).isSubset(of: closure) })
  }

  /// Stages that read outputs of earlier ones, folders around them and files in them.
  private func randomStages(count: Int, using generator: inout SeededGenerator) -> [Stage] {
    (0..<count).map { number in
      var dependencies: [String] = []
      for _ in 0..<Int.random(in: 0...3, using: &generator) where number > 0 {
        let source = Int.random(in: 0..<number, using: &generator)
        let output = "d\(source % 7)/s\(source)/out"
        let forms = [output, "d\(source % 7)/s\(source)", output + "/part"]
        dependencies.append(forms[Int.random(in: 0..<3, using: &generator)])
      }
      return stage("s\(number)", from: dependencies, to: ["d\(number % 7)/s\(number)/out"])
    }
  }

  private func related(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let slash = UInt8(ascii: "/")
    return left == right || left.starts(with: right + [slash]) || right.starts(with: left + [slash])
  }

  @Test func closuresStopAtFrozenStages() throws {
    let graph = try graph([
      stage("a", to: ["a.out"]), stage("b", from: ["a.out"], to: ["b.out"], isFrozen: true),
      stage("c", from: ["b.out"], to: ["c.out"]), stage("d", to: ["d.out"]),
    ])
    #expect(graph.upstreamClosure(of: [2]) == [1, 2])
    #expect(graph.downstreamClosure(of: [0]) == [0, 1, 2])
    #expect(graph.connected(with: .init(stages: [2])).stages == [0, 1, 2])
  }
}
