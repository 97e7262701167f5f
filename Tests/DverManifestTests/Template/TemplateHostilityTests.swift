import DverManifest
import DverYAML
import Testing

/// Definitions that ask for more than is sensible.
@Suite struct TemplateHostilityTests {
  private func message(_ text: String, _ files: [String: String] = [:]) -> String? {
    let error = #expect(throws: FileFormatError.self) { try PipelineFile.read(text, files) }
    return error?.message
  }

  @Test func aMatrixOfTooManyStagesIsRefused() {
    let axis = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
    let axes = (0..<18).map { "a\($0): \(axis)" }.joined(separator: ", ")
    #expect(
      message("stages:\n  m: {matrix: {\(axes)}, cmd: x}\n")
        == "y:2:15: stages.m.matrix: templates make the definition too large")
  }

  @Test func textThatGrowsWithoutBoundIsRefused() {
    let big = String(repeating: "x", count: 1 << 20)
    let command = String(repeating: "${big}", count: 300)
    #expect(
      message("stages:\n  a:\n    cmd: \(command)\n", ["params.yaml": "big: \(big)\n"])
        == "y:3:10: stages.a.cmd: templates make the definition too large")
  }

  @Test func membersHaveNames() {
    #expect(
      message("stages:\n  g: {foreach: [''], do: {cmd: x}}\n")
        == "y:2:16: stages.g.foreach: a stage of the group would have nothing behind its '@'")
    #expect(
      message("stages:\n  g: {foreach: [\"a\\0\"], do: {cmd: x}}\n")
        == "y:2:16: stages.g.foreach: a stage of the group would have NUL in its name")
    #expect(
      message("stages:\n  g: {matrix: {x: [a@b]}, cmd: x}\n")
        == "y:2:15: stages.g.matrix: a stage of the group would have 'a@b' behind its '@', "
        + "which must not hold another '@'")
    #expect(
      message("stages:\n  m: {matrix: {}, cmd: x}\n")
        == "y:2:15: stages.m.matrix: a stage of the group would have nothing behind its '@'")
  }

  @Test func deepNestingIsRefusedOrRead() throws {
    for depth in [100, 190, 5000] {
      let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      let text = "stages:\n  a:\n    cmd: x\n    meta: \(deep)\n    desc: ${v}\n"
      let files = ["params.yaml": "v: w\nd: \(deep)\n"]
      if depth < 200 {
        #expect(try PipelineFile.read(text, files).stages[0].summary == "w")
      } else {
        #expect(throws: YAMLError.self) { try PipelineFile.read(text, files) }
      }
      for name in ["p.json", "p.toml", "p.py"] {
        let body = name == "p.json" ? "{\"a\": \(deep)}" : "a = \(deep)\n"
        let read = try? ParameterFile(bytes: Array(body.utf8), source: name)
        #expect((read?.value(at: "a") != nil) == (depth < 200), "\(name) \(depth)")
      }
    }
  }

  @Test func aliasesThatMultiplyAreRefused() {
    var text = "vars:\n- a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "  a\(level): &a\(level) [\(items)]\n"
    }
    #expect(throws: YAMLError.self) { try PipelineFile.read(text) }
  }

  @Test func valuesThatNameThemselvesStayText() throws {
    let file = try PipelineFile.read(
      "stages:\n  a: {cmd: 'x ${a} ${b}'}\n", ["params.yaml": "a: ${b}\nb: ${a}\n"])
    #expect(file.stages[0].commands == ["x ${b} ${a}"])
  }

  @Test func longLinesAreRead() throws {
    let count = 200_000
    let items = (0..<count).map { "i\($0)" }.joined(separator: ", ")
    let file = try PipelineFile.read("stages:\n  g: {foreach: [\(items)], do: {cmd: '${item}'}}\n")
    #expect(file.stages.count == count)
    #expect(file.stages[count - 1].name == "g@i\(count - 1)")
    let text = String(repeating: "x", count: 10 << 20)
    #expect(
      try PipelineFile.read("stages:\n  a: {cmd: '\(text) ${v}'}\n", ["params.yaml": "v: 1\n"])
        .stages[0].commands[0].utf8.count == text.utf8.count + 2)
  }

  @Test func damageIsAnErrorOrAnotherPipelineButNeverACrash() throws {
    let text = """
      vars: [{m: {a: 1}}, o.json]
      stages:
        g:
          foreach: {u: '${m}', v: [1]}
          do: {cmd: 'x ${item.a} ${key}', outs: ['${key}': {cache: false}]}
        h:
          matrix: {a: [1, {b: 2}]}
          cmd: '${item.a} \\${x}'
      """
    let files = MemoryParameters(["o.json": "{\"z\": 1}"])
    for bytes in Array(text.utf8).damaged {
      _ = try? PipelineFile(bytes: bytes, source: "y", parameters: files)
    }
  }
}
