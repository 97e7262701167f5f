import DverCore
import DverManifest
import Testing

/// What templates and groups become, case by case; each was held against DVC's own resolver.
@Suite struct ResolvedDefinitionTests {
  @Test(arguments: TemplateCase.resolved)
  func fillsInTemplates(example: TemplateCase) throws {
    let json = try example.resolved().json(file: "dver.yaml")
    #expect(json.serialized == example.expected)
  }

  @Test(arguments: TemplateCase.refused)
  func saysWhatIsWrong(example: TemplateCase) {
    let error = #expect(throws: (any Error).self) { try example.resolved() }
    #expect((error as? any DverError)?.message == example.expected)
  }

  @Test func warnsWhereAGroupHidesValues() throws {
    let text =
      "vars: [{item: 1, key: 2}]\nstages:\n  g: {foreach: {a: b}, do: {cmd: x}}\n"
      + "  h: {foreach: [a], do: {cmd: x}}\n  m: {matrix: {a: [1]}, cmd: x}\n"
    let definition = try TemplateCase("", text, files: [:], expected: "").resolved()
    #expect(
      definition.warnings == [
        "item and key are already specified, will be overwritten for stages generated from 'g'",
        "item is already specified, will be overwritten for stages generated from 'h'",
        "key and item are already specified, will be overwritten for stages generated from 'm'",
      ])
  }

  @Test func optionsSayHowFlagsAreWritten() throws {
    var options = TemplateOptions()
    options.negatesFlags = true
    options.repeatsFlags = true
    let file = try PipelineFile(
      bytes: Array("stages:\n  a: {cmd: 'x ${d}'}\n".utf8), source: "y",
      parameters: MemoryParameters(["params.yaml": "d: {f: false, l: [1, a b], t: true}\n"]),
      options: options)
    #expect(file.stages[0].commands == ["x --no-f --l 1 --l 'a b' --t"])
  }

  @Test func readsEachParameterFileOnce() throws {
    let files = MemoryParameters(["sub/v.yaml": "k: 1\n"])
    let text =
      "stages:\n  g:\n    foreach: [a, b, c]\n    do: {cmd: 'x ${k}', wdir: sub, vars: [v.yaml]}\n"
    let file = try PipelineFile(bytes: Array(text.utf8), source: "y", parameters: files)
    #expect(file.stages.count == 3)
    #expect(files.reads == ["params.yaml", "sub/v.yaml"])
  }

  @Test func leavesParameterFilesAloneWithoutTemplates() throws {
    let files = MemoryParameters(["params.yaml": "["])
    let text = "stages:\n  a: {cmd: x, params: [p]}\nmetrics: [m.json]\n"
    _ = try PipelineFile(bytes: Array(text.utf8), source: "y", parameters: files)
    #expect(files.reads.isEmpty)
  }

  @Test func pathsOfVarsHaveOneName() throws {
    let files = ["o.json": "{\"a\": 1}"]
    let text =
      "vars: [./o.json, sub/../o.json]\nstages:\n  a: {cmd: 'x ${a}', wdir: ./sub/, vars: [../o.json]}\n"
    #expect(
      try PipelineFile.read(text, files).stages[0].trackedValues.files.map(\.path) == ["o.json"])
  }
}
