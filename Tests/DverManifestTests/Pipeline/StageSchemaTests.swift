import DverCore
import DverManifest
import DverYAML
import Testing

/// The schema of stages, groups and sections, as it is before templates are filled in.
@Suite struct StageSchemaTests {
  @Test func readsHowAStageRuns() throws {
    let text = """
      stages:
        a:
          cmd: x
          env: {B: 1, A: text, C: true, D: 1e-5}
          resources: {cpus: 1.5, memory: 2 GiB, gpus: 1, licence: 2, bus: 1}
          mutex: [db, port]
          timeout: 1.5h
          retry: {times: 3, delay: 10s}
        b: {cmd: x, mutex: db, timeout: 90, retry: 2, resources: {memory: 8G}}
      """
    let stages = try PipelineFile.read(text).stages
    #expect(stages[0].environment.map(\.name) == ["B", "A", "C", "D"])
    #expect(stages[0].environment.map(\.value) == ["1", "text", "true", "1e-5"])
    #expect(stages[0].resources.cpus == 1.5)
    #expect(stages[0].resources.memory == ByteCount(2 << 30))
    #expect(stages[0].resources.gpus == 1)
    #expect(
      stages[0].resources.others == [
        .init(name: "bus", count: 1), .init(name: "licence", count: 2),
      ])
    #expect(stages[0].mutexes == ["db", "port"])
    #expect(stages[0].timeout == .seconds(5400))
    #expect(stages[0].retry == StageRetry(times: 3, delay: .seconds(10)))
    #expect(stages[1].mutexes == ["db"])
    #expect(stages[1].timeout == .seconds(90))
    #expect(stages[1].retry == StageRetry(times: 2))
    #expect(stages[1].resources.memory == ByteCount(8 << 30))
  }

  @Test func templatesMayStandForNumbers() throws {
    let text = """
      stages:
        g:
          foreach: [{n: 2, t: 5m}]
          do:
            cmd: x
            env: {N: '${item.n}', M: 'n=${item.n}'}
            resources: {cpus: '${item.n}', memory: '${item.n} MB', gpus: '${item.n}'}
            timeout: ${item.t}
            retry: {times: '${item.n}', delay: '${item.n}'}
      """
    let stage = try PipelineFile.read(text).stages[0]
    #expect(stage.environment.map(\.value) == ["2", "n=2"])
    #expect(stage.resources.cpus == 2)
    #expect(stage.resources.memory == ByteCount(2_000_000))
    #expect(stage.resources.gpus == 2)
    #expect(stage.timeout == .seconds(300))
    #expect(stage.retry == StageRetry(times: 2, delay: .seconds(2)))
  }

  @Test(arguments: [
    ("env: {1A: x}", "y:2:13: stages.a.env.1A: expected the name of a variable, not '1A'"),
    ("env: {A: }", "y:2:16: stages.a.env.A: expected a value, not nothing"),
    ("env: [A]", "y:2:12: stages.a.env: expected a mapping, not a list"),
    ("resources: {cpus: 0}", "y:2:25: stages.a.resources.cpus: expected a number above 0, not '0'"),
    (
      "resources: {memory: lots}",
      "y:2:27: stages.a.resources.memory: expected bytes such as 512 MiB or 8G, not 'lots'"
    ),
    ("resources: {x: -1}", "y:2:22: stages.a.resources.x: expected a count, not '-1'"),
    ("mutex: {a: b}", "y:2:14: stages.a.mutex: expected a string, not a mapping"),
    (
      "timeout: soon",
      "y:2:16: stages.a.timeout: expected a time such as 90, 30s, 10m or 2h, not 'soon'"
    ),
    (
      "retry: {time: 1}", "y:2:15: stages.a.retry.time: unknown key, did you mean 'times'?"
    ),
    ("frozen: '${f}'", "y:2:15: stages.a.frozen: expected true or false, not '${f}'"),
    ("outs: '${o}'", "y:2:13: stages.a.outs: expected a list, not '${o}'"),
    ("vars: {a: 1}", "y:2:13: stages.a.vars: expected a list, not a mapping"),
    ("vars: [1]", "y:2:14: stages.a.vars[0]: expected a file or a mapping of values, not '1'"),
    ("desc: 1", "y:2:13: stages.a.desc: expected a string, not '1'"),
    ("plots: [p: {w: x}]", "y:2:19: stages.a.plots[0].w: unknown key, did you mean 'x'?"),
    ("plots: [p: {x: 1}]", "y:2:22: stages.a.plots[0].x: expected a string, not '1'"),
    ("params: [1: [a]]", "y:2:16: stages.a.params[0]: expected text, not '1'"),
    ("each: x", "y:2:7: stages.a: 'each' is not supported yet"),
  ])
  func refusesOtherStages(key: String, message: String) {
    expect(message, for: "stages:\n  a: {\(key), cmd: x}\n")
  }

  @Test(arguments: [
    ("stages:\n  g: {foreach: [a]}\n", "y:2:6: stages.g: the key 'do' is missing"),
    ("stages:\n  g: {do: {cmd: x}}\n", "y:2:6: stages.g: the key 'foreach' is missing"),
    (
      "stages:\n  g: {foreach: 1, do: {cmd: x}}\n",
      "y:2:16: stages.g.foreach: expected a list, a mapping or a template, not '1'"
    ),
    (
      "stages:\n  g: {foreach: [a], do: {cmd: x}, cmd: y}\n",
      "y:2:35: stages.g.cmd: unknown key"
    ),
    (
      "stages:\n  g: {foreach: [a], do: {matrix: {b: [1]}, cmd: x}}\n",
      "y:2:26: stages.g.matrix: unknown key"
    ),
    (
      "stages:\n  m: {matrix: [a], cmd: x}\n",
      "y:2:15: stages.m.matrix: expected a mapping, not a list"
    ),
    (
      "stages:\n  m: {matrix: {a: 1, 2: [b]}, cmd: x}\n",
      "y:2:19: stages.m.matrix.a: expected a list or a template, not '1'\n"
        + "y:2:22: stages.m.matrix.2: expected text, not '2'"
    ),
    ("stages:\n  m: {matrix: {a: [1]}}\n", "y:2:3: stages.m: the key 'cmd' is missing"),
    ("vars: x\n", "y:1:7: vars: expected a list, not 'x'"),
    ("params: [1]\n", "y:1:10: params[0]: expected a string, not '1'"),
    ("metrics: m\n", "y:1:10: metrics: expected a list, not 'm'"),
    ("plots: [p: {y: [1]}]\n", "y:1:17: plots[0].p.y[0]: expected a string, not '1'"),
    ("plots: [p: {z: a}]\n", "y:1:13: plots[0].p.z: unknown key, did you mean 'x'?"),
    ("plots: {p: }\n", "y:1:8: plots: expected a list, not a mapping"),
    ("artifacts: {a: {}}\n", "y:1:16: artifacts.a: the key 'path' is missing"),
    (
      "artifacts: {a: {path: p, label: [x]}}\n",
      "y:1:26: artifacts.a.label: unknown key, did you mean 'labels'?"
    ),
    ("datasets: [{name: x}]\n", "y:1:12: datasets[0]: the key 'type' is missing"),
  ])
  func refusesOtherGroupsAndSections(text: String, message: String) {
    expect(message, for: text)
  }

  private func expect(_ message: String, for text: String) {
    let error = #expect(throws: FileFormatError.self) { try PipelineFile.read(text) }
    #expect(error?.message == message)
  }
}
