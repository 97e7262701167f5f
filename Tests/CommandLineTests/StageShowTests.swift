import Glibc
import TestSupport
import Testing

/// `stage show` and `log`: what is remembered of runs.
@Suite struct StageShowTests {
  private func repository(_ stages: String) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("stages:\n" + stages, to: "dver.yaml")
    return repository
  }

  private static let counting =
    "  s: {cmd: 'echo x >> .git/count; wc -l < .git/count; exit $(cat .git/exit)'}\n"

  private func counted() throws -> TemporaryRepository {
    let repository = try repository(Self.counting)
    for exit in ["0", "3", "0"] {
      try repository.write(exit, to: ".git/exit")
      _ = try repository.dver("repro", "-q")
    }
    return repository
  }

  @Test func aStageIsShownWithItsDefinition() throws {
    let repository = try repository(
      """
        s:
          cmd: [make a, make b]
          desc: Makes both
          wdir: w
          deps: [in]
          params: [lr]
          outs: [a, b: {cache: false}]
          env: {A: 1}
          resources: {cpus: 0.5, memory: 1G, gpus: 1, db: 2}
          mutex: [x, y]
          timeout: 10m
          retry: {times: 2, delay: 3s}
          frozen: true
          always_changed: true

      """)
    #expect(
      try repository.dver("stage", "show", "s").requireSuccess().standardOutput
        == """
        Stage 's' of dver.yaml
          description: Makes both
          command: make a
          command: make b
          folder: w
          environment: A=1
          reads: in
          parameters: params.yaml: lr
          writes: a
          writes: b
          takes: cpus 0.5
          takes: memory 1.00 GiB
          takes: gpus 1
          takes: db 2
          mutex: x
          mutex: y
          timeout: 600 s
          retries: 2, after 3.00 s
          frozen
          runs every time
        It has not run on this machine

        """)
    #expect(
      try repository.dver("stage", "show", "--json", "s").requireSuccess().standardOutput
        == """
        {"name": "s", "file": "dver.yaml", "cmd": ["make a", "make b"], "wdir": "w", \
        "deps": ["in"], "params": {"params.yaml": ["lr"]}, \
        "outs": [{"path": "a", "kind": "data", "cache": true, "persist": false, "sha256": null}, \
        {"path": "b", "kind": "data", "cache": false, "persist": false, "sha256": null}], \
        "frozen": true, "always_changed": true, "desc": "Makes both", "env": {"A": "1"}, \
        "resources": {"cpus": 0.5, "memory": 1073741824, "gpus": 1, "db": 2}, \
        "mutex": ["x", "y"], "timeout": 600.0, "retry": {"times": 2, "delay": 3.0}, "runs": []}

        """)
  }

  @Test func runsAreListedTheLastOneFirst() throws {
    let repository = try counted()
    let lines = try repository.dver("stage", "show", "s").requireSuccess().lines
    let runs = Array(lines.drop { !$0.hasPrefix("Started") }.dropFirst())
    #expect(runs.count == 3)
    #expect(runs[0].contains("exit status 0") && runs[1].contains("exit status 3"))
    let json = try repository.dver("stage", "show", "--json", "s").requireSuccess().standardOutput
    let parts = json.split(separator: "\"ending\": ").dropFirst()
    #expect(parts.map { $0.hasPrefix("\"exited\", \"status\": 3,") } == [false, true, false])
    for key in ["started", "duration", "peak_memory", "host", "environment", "log", "signal"] {
      #expect(json.contains("\"\(key)\": "))
    }
  }

  @Test func logsOfEarlierRunsAreKept() throws {
    let repository = try counted()
    #expect(try repository.dver("log", "s").requireSuccess().standardOutput == "3\n")
    #expect(try repository.dver("log", "--run", "2", "s").requireSuccess().standardOutput == "2\n")
    let path = try repository.dver("log", "--path", "s").requireSuccess().lines
    #expect(try repository.readText(path[0]) == "3\n")
    let json = try repository.dver("log", "--json", "s").requireSuccess().standardOutput
    #expect(json.hasPrefix("{\"stage\": \"s\", \"started\": \""))
    #expect(json.contains("\"status\": 0, ") && json.hasSuffix("\"text\": \"3\\n\"}\n"))
    let none = try repository.dver("log", "--run", "4", "s").requireStatus(2)
    #expect(none.standardError.contains("there is no run 4 of stage 's': 3 are kept"))
  }

  @Test func theEndOfALogIsPrinted() throws {
    let repository = try repository("  s: {cmd: 'seq 1 100; printf end'}\n")
    try repository.dver("repro", "-q").requireSuccess()
    let result = try repository.dver("log", "-n", "2", "s").requireSuccess()
    #expect(result.standardOutput == "100\nend\n")
    #expect(try repository.dver("log", "-n", "0", "s").requireSuccess().standardOutput.isEmpty)
    #expect(try repository.dver("log", "s").requireSuccess().lines.count == 101)
  }

  @Test func whatIsLeftOutOfALongLogIsSaid() throws {
    let repository = try repository("  s: {cmd: echo x}\n")
    try repository.dver("repro", "-q").requireSuccess()
    let path = try repository.dver("log", "--path", "s").requireSuccess().lines[0]
    let head = String(repeating: "x", count: 1 << 16)
    try repository.write(head, to: path)
    try repository.shell("truncate -s +1M '\(path)'").requireSuccess()
    try repository.append("tail\n", to: path)
    #expect(
      try repository.dver("log", "s").requireSuccess().standardOutput
        == head + "\n(1.00 MiB of output are not kept)\ntail\n")
  }

  @Test func aStageThatPrintedNothingHasNoLog() throws {
    let repository = try repository("  s: {cmd: 'true'}\n")
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.dver("log", "s").requireSuccess().standardOutput.isEmpty)
    try repository.dver("log", "--path", "s").requireStatus(1)
    #expect(
      try repository.dver("log", "--json", "s").standardOutput.contains("\"log\": null, \"text\""))
  }

  @Test func aStageAtWorkCanBeWatched() throws {
    let repository = try repository("  s: {cmd: 'echo begun; touch began; cat fifo'}\n")
    try repository.shell("mkfifo fifo").requireSuccess()
    let running = try repository.dverCommand(["repro"]).start()
    try running.wait(until: { repository.exists("began") })
    try running.wait(until: {
      try repository.dver("log", "s").standardOutput == "begun\n"
    })
    let show = try repository.dver("stage", "show", "s").requireSuccess().standardOutput
    #expect(show.contains("running as process \(running.processIdentifier)"))
    running.send(SIGKILL)
    _ = running.wait()
    let cut = try repository.dver("stage", "show", "s").requireSuccess().standardOutput
    #expect(cut.contains("cut off"))
    #expect(
      try repository.dver("stage", "show", "--json", "s").standardOutput.contains(
        "\"ending\": \"unknown\""))
  }

  @Test func stagesAreNamedAsEverywhere() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  g: {foreach: [a, b], do: {cmd: 'echo ${item} > ${item}', outs: ['${item}']}}\n",
      to: "sub/dver.yaml")
    try repository.dver("repro", "-q", "-P").requireSuccess()
    let byOutput = try repository.dver("stage", "show", "sub/b").requireSuccess()
    #expect(byOutput.standardOutput.hasPrefix("Stage 'sub/dver.yaml:g@b' of sub/dver.yaml\n"))
    try repository.dver("log", "--cd", "sub", "g@a").requireSuccess()
    let several = try repository.dver("log", "sub/dver.yaml:g").requireStatus(2)
    #expect(several.standardError.contains("means 2 stages"))
    #expect(several.standardError.contains("name one, such as sub/dver.yaml:g@a"))
  }

  @Test func stagesAreCompleted() throws {
    let repository = try repository(
      "  train: {foreach: [a, b], do: {cmd: 'x ${item}'}}\n  test: {cmd: x}\n  eval: {cmd: x}\n")
    try repository.write("x\n", to: "tools")
    let result = try repository.dver(
      "---completion", "log", "--", "positional@0", "2", "1", "dver", "log", "t"
    ).requireSuccess()
    #expect(result.lines == ["test", "train", "train@a", "train@b", "tools"])
  }

  private static let refusals: [(arguments: [String], status: Int32)] = [
    (["log", "none"], 2), (["stage", "show", "none"], 2), (["stage", "show", "data"], 2),
    (["log", "s"], 2), (["log", "--run", "0", "s"], 64), (["log", "-n", "-1", "s"], 64),
    (["log", "--path", "-n", "1", "s"], 64), (["log"], 64), (["stage", "show"], 64),
  ]

  @Test(arguments: refusals)
  func whatCannotBeShownIsRefused(_ arguments: [String], _ status: Int32) throws {
    let repository = try repository("  s: {cmd: 'true'}\n")
    try repository.write("x\n", to: "data")
    try repository.dver("add", "data").requireSuccess()
    let result = try repository.dverCommand(arguments).run().requireStatus(status)
    #expect(result.standardOutput.isEmpty && result.standardError.contains("hint: "))
  }
}
