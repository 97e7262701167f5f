import DverManifest
import DverYAML
import Testing

@Suite struct PipelineFileTests {
  private func file() throws -> PipelineFile {
    try PipelineFile(
      bytes: Fixture.bytes("dver.yaml"), source: "y",
      parameters: MemoryParameters(["conf.yaml": "unused: 1\n"]))
  }

  @Test func readsEveryField() throws {
    let file = try file()
    #expect(file.stages.map(\.name) == ["prepare", "evaluate-all"])
    #expect(file.parameterFiles == [Array("extra.yaml".utf8)])
    #expect(file.metrics == [Array("summary.json".utf8)])
    #expect(file.plots == .list([.string("curve.csv")]))
    let stage = file.stages[0]
    #expect(stage.line == 5)
    #expect(stage.summary == "cut the data")
    #expect(stage.commands == ["python prepare.py"])
    #expect(!stage.commandIsList && !stage.isFrozen && !stage.alwaysRuns)
    #expect(stage.workingDirectory == "src")
    #expect(stage.dependencies.map(\.text) == ["prepare.py", "../data/raw.csv"])
    #expect(stage.meta == .map([.init(key: "owner", value: .string("Ada"))]))
    #expect(
      stage.parameters == [
        ParameterSelection(file: "params.yaml", keys: ["seed", "train.rate"]),
        ParameterSelection(file: "conf.json", keys: ["a.b", "c"]),
        ParameterSelection(file: "whole.yaml", keys: []),
      ])
  }

  @Test func readsOutputsWithTheirFlags() throws {
    let stages = try file().stages
    #expect(
      stages[0].outputs == [
        StageOutput(path: Array("../data/prepared".utf8)),
        StageOutput(
          path: Array("model.bin".utf8), isCached: false, persists: true, isPushed: false,
          remote: "archive",
          annotations: OutputAnnotations(
            summary: "the model", type: "model", labels: ["a", "b"],
            meta: .map([.init(key: "k", value: .integer(1))]))),
      ])
    let outputs = stages[1].outputs
    #expect(outputs.map(\.kind) == [.metric, .plot, .plot])
    #expect(outputs.map(\.isCached) == [false, false, true])
    #expect(outputs.map(\.drawings.count) == [0, 1, 2])
    #expect(stages[1].commands == ["python evaluate.py", "echo done"])
    #expect(stages[1].commandIsList && stages[1].isFrozen && stages[1].alwaysRuns)
  }

  @Test func aWholeFileBeatsItsKeys() throws {
    let text =
      "stages:\n  a:\n    cmd: x\n    params:\n    - p\n    - params.yaml:\n    - q.yaml: [k]\n"
    let stages = try PipelineFile.parse(bytes: Array(text.utf8), source: "y")
    #expect(
      stages[0].parameters == [
        ParameterSelection(file: "params.yaml", keys: []),
        ParameterSelection(file: "q.yaml", keys: ["k"]),
      ])
  }

  @Test(arguments: ["", "# nothing\n", "stages:\n", "stages: {}\n"])
  func aFileMayHaveNoStages(text: String) throws {
    #expect(try PipelineFile.parse(bytes: Array(text.utf8), source: "y").isEmpty)
  }

  @Test(arguments: [
    ("stagse: {}\n", "y:1:1: stagse: unknown key, did you mean 'stages'?"),
    ("stages: []\n", "y:1:9: stages: expected a mapping, not a list"),
    ("stages:\n  a: x\n", "y:2:6: stages.a: expected a mapping, not 'x'"),
    ("stages:\n  a: {deps: [x]}\n", "y:2:3: stages.a: the key 'cmd' is missing"),
    ("stages:\n  a: {cmd: true}\n", "y:2:12: stages.a.cmd: expected a string, not 'true'"),
    (
      "stages:\n  a: {cmd: \"x\\0\"}\n",
      "y:2:12: stages.a.cmd: expected a string without NUL"
    ),
    (
      "stages:\n  a..b: {cmd: x}\n",
      "y:2:3: stages.a..b: a stage name must not begin or end with '.', or hold '..'"
    ),
    ("stages:\n  a$: {cmd: x}\n", "y:2:3: stages.a$: a stage name must not hold '$'"),
    (
      "stages:\n  a: {cmd: x, dep: [y]}\n",
      "y:2:15: stages.a.dep: unknown key, did you mean 'deps'?"
    ),
    (
      "stages:\n  a: {cmd: x, deps: y, frozen: 1}\n",
      "y:2:21: stages.a.deps: expected a list, not 'y'\n"
        + "y:2:32: stages.a.frozen: expected true or false, not '1'"
    ),
    (
      "stages:\n  a: {cmd: x, outs: [o, ./o/]}\n",
      "y:2:25: stages.a.outs[1]: the stage has the output ./o/ already"
    ),
    (
      "stages:\n  a: {cmd: x, outs: [/o]}\n",
      "y:2:22: stages.a.outs[0]: expected a relative path, not an absolute one"
    ),
    (
      "stages:\n  a: {cmd: x, outs: [o: {cach: true}]}\n",
      "y:2:26: stages.a.outs[0].cach: unknown key, did you mean 'cache'?"
    ),
    (
      "stages:\n  a: {cmd: x, params: [1]}\n",
      "y:2:24: stages.a.params[0]: expected a string, not '1'"
    ),
    ("stages:\n  a: {run: table}\n", "y:2:7: stages.a: 'run' is not supported yet"),
    ("stages:\n  1: {cmd: x}\n", "y:2:3: stages.1: expected text, not '1'"),
    ("stages:\n  a: {cmd: x, deps: }\n", "y:2:21: stages.a.deps: expected a list, not nothing"),
  ])
  func reportsEveryProblemWithItsPlace(text: String, message: String) {
    let error = #expect(throws: FileFormatError.self) {
      try PipelineFile.parse(bytes: Array(text.utf8), source: "y")
    }
    #expect(error?.message == message)
  }

  @Test func damageIsAnErrorOrAnotherPipelineButNeverACrash() throws {
    let text =
      "stages:\n  a:\n    cmd: x\n    outs:\n    - o:\n        cache: false\n    params: [p]\n"
    for bytes in Array(text.utf8).damaged {
      _ = try? PipelineFile(bytes: bytes, source: "y")
    }
  }
}
