import Glibc
import TestSupport
import Testing

/// How stages run: together, again, for how long, and what is told of them.
@Suite struct PipelineExecutionTests {
  func repository(_ stages: String) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write("stages:\n" + stages, to: "dver.yaml")
    return repository
  }

  /// Even where stages end so fast that the clock has not moved since their outputs were made.
  @Test func whatStagesHaveMadeIsNotReadAgain() throws {
    let repository = try repository(
      """
        some:
          foreach: [1, 2, 3, 4, 5, 6, 7, 8]
          do: {cmd: 'touch done${item}; echo ${item} >small${item}', outs: ['small${item}', 'done${item}']}
        folder: {cmd: touch done9 && mkdir d && cp in d/one && cp in d/two, outs: [d, done9]}
        large: {cmd: touch done10; head -c 30000000 /dev/zero >large, outs: [large, done10]}
        slow:
          cmd: touch slow && sleep 0.2
          deps: [done1, done2, done3, done4, done5, done6, done7, done8, done9, done10]
          outs: [slow]

      """)
    try repository.dver("repro", "-j2").requireSuccess()
    let plan = FaultPlan(root: repository.root, mode: .read)
    let outputs = ["small", "d/", "large"].map {
      "\(repository.path)/\($0)".dropFirst(repository.root.count)
    }
    for command in ["repro", "status"] {
      let (operations, result) = try plan.operations(of: repository.dverCommand([command]))
      try result.requireSuccess()
      #expect(operations.contains { $0.path.hasSuffix("/dver.lock") })
      let reread = operations.filter { operation in
        operation.name == "open" && outputs.contains { operation.path.hasPrefix($0) }
      }
      #expect(reread.map(\.path) == [], "\(command)")
    }
  }

  // MARK: Resources

  @Test func aStageThatNeedsTooMuchIsNamedWithWhatThereIs() throws {
    let repository = try repository(
      """
        big: {cmd: touch big, outs: [big], resources: {memory: 4 GiB}}
        below: {cmd: touch below, deps: [big], outs: [below]}
        small: {cmd: touch small, outs: [small], resources: {memory: 1 GiB, cpus: 1000}}

      """)
    try repository.dver("config", "resources.memory", "2G").requireSuccess()
    let result = try repository.dver("repro", "-k").requireStatus(3)
    #expect(
      result.standardError
        == """
        dver: error: stage 'big' failed: it needs 4.00 GiB of memory, and there is 2.00 GiB
        stage 'below' was skipped because of 'big'
        hint: say how much there is with 'dver config resources.memory N', or change the stage

        """)
    #expect(repository.exists("small") && !repository.exists("big"))
    try repository.dver("config", "resources.memory", "4G").requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    // What is done needs nothing any more.
    try repository.dver("config", "resources.memory", "1").requireSuccess()
    try repository.dver("repro").requireSuccess()
  }

  @Test(arguments: ["gpus", "licence"])
  func namedResourcesAreCounted(_ name: String) throws {
    let repository = try repository("  a: {cmd: touch a, outs: [a], resources: {\(name): 2}}\n")
    try repository.dver("config", "resources.\(name)", "1").requireStatus(0)
    let result = try repository.dver("repro").requireStatus(3)
    #expect(result.standardError.contains("it needs 2 of \(name), and there is 1\n"))
    try repository.dver("config", "resources.\(name)", "2").requireSuccess()
    try repository.dver("repro").requireSuccess()
  }

  @Test(arguments: [
    ("cpus", "0", "a number above 0"), ("cpus", "many", "a number above 0"),
    ("memory", "big", "bytes such as 512 MiB or 8G"), ("gpus", "1.5", "a whole number"),
    ("db", "-1", "a whole number"),
  ])
  func badAmountsAreRefused(_ name: String, _ value: String, _ expected: String) throws {
    let repository = try repository("  a: {cmd: 'true', resources: {\(name): 1}}\n")
    let result = try repository.dver("config", "resources.\(name)", "--", value).requireStatus(2)
    #expect(result.standardError.contains(expected))
    guard ["cpus", "memory", "gpus"].contains(name) else { return }
    try repository.write("[resources]\n\t\(name) = \(value)\n", to: ".dver/config.local")
    let run = try repository.dver("repro").requireStatus(2)
    #expect(run.standardError.contains("resources.\(name)"))
  }

  @Test func stagesShareResourcesAndMutexes() throws {
    // Each refuses to run beside another one.
    let alone = "mkdir held && ls / >/dev/null && rmdir held"
    let stages = (0..<6).map { number in
      let limit = number < 3 ? "mutex: [m]" : "mutex: m"
      return "  s\(number): {cmd: '\(alone)', \(limit)}\n"
    }
    let repository = try repository(stages.joined())
    try repository.dver("repro", "-q", "-j6").requireSuccess()
    let counted = (0..<6).map { "  s\($0): {cmd: '\(alone)', resources: {db: 1}}\n" }
    try repository.write("stages:\n" + counted.joined(), to: "dver.yaml")
    try repository.dver("repro", "-q", "-j6").requireSuccess()
    let large = (0..<6).map { "  s\($0): {cmd: '\(alone)', resources: {cpus: 2}}\n" }
    try repository.write("stages:\n" + large.joined(), to: "dver.yaml")
    try repository.dver("config", "resources.cpus", "3").requireSuccess()
    try repository.dver("repro", "-q", "-j6").requireSuccess()
  }

  @Test func makeSharesTheJobsOfRepro() throws {
    let repository = try repository("  m: {cmd: make -s all}\n")
    try repository.shell("mkfifo fifo").requireSuccess()
    // Both ends of a pipe wait for each other: with one job this would not end.
    try repository.write("all: a b\na:\n\techo 1 > fifo\nb:\n\tread x < fifo\n", to: "Makefile")
    let result = try repository.dver("repro", "-j2").requireSuccess()
    #expect(!result.standardOutput.contains("warning"))
    // Alone, a stage has the environment of dver.
    try repository.write("stages:\n  e: {cmd: 'echo \"<$MAKEFLAGS>\"'}\n", to: "dver.yaml")
    #expect(try repository.dver("repro", "-j1").standardOutput.contains("<>"))
  }

  // MARK: Time and attempts

  @Test func aStageThatTakesTooLongIsStopped() throws {
    let repository = try repository(
      "  s: {cmd: 'echo x > o; cat fifo', outs: [o], timeout: 1ms}\n")
    try repository.write("old\n", to: "o")
    try repository.shell("mkfifo fifo").requireSuccess()
    let result = try repository.dver("repro").requireStatus(3)
    #expect(
      result.standardError.contains("stage 's' failed: its command ran longer than its timeout"))
    #expect(try repository.readText("o") == "old\n")
    #expect(try repository.dver("stage", "show", "s").standardOutput.contains("timed out"))
  }

  @Test func aFailedCommandRunsAgain() throws {
    let repository = try repository(
      """
        s:
          cmd: 'test ! -e o; echo tried >> .git/tries; cp in o; test $(wc -l < .git/tries) -eq 3'
          outs: [o]
          retry: {times: 2, delay: 1ms}

      """)
    let result = try repository.dver("repro").requireSuccess()
    #expect(
      result.standardError.contains(
        "Stage 's' failed (exit status 1), attempt 2 of 3 begins in 0.00 s\n"))
    #expect(try repository.readText("o") == "1\n")
    let show = try repository.dver("stage", "show", "--json", "s").requireSuccess()
    #expect(show.standardOutput.contains("\"attempts\": 3"))
    try repository.write("stages:\n  s: {cmd: exit 5, retry: 1}\n", to: "dver.yaml")
    let failed = try repository.dver("repro").requireStatus(3)
    #expect(failed.standardError.contains("attempt 2 of 2 begins\n"))
    #expect(failed.standardError.contains("exited with status 5"))
  }

  // MARK: Old outputs

  /// Whatever a command makes of the folder of its output.
  @Test(arguments: ["", "echo x > results;", "mkfifo results;", "ln -s gone results;"])
  func oldOutputsComeBackIntoAFolderThatIsGone(_ replacement: String) throws {
    for ending in ["exit 1", "kill -9 $PPID; exit 1"] {
      let repository = try repository(
        """
          s:
            cmd: 'test -e sound || { rm -rf results; \(replacement) \(ending); }; cp in results/model'
            deps: [in]
            outs: [results/model]

        """)
      try repository.write("old\n", to: "results/model")
      let result = try repository.dver("repro")
      if ending == "exit 1" {
        try result.requireStatus(3)
        #expect(!result.standardError.contains("cannot"))
      } else {
        try result.requireKilled()
      }
      try repository.dver("status").requireSuccess()
      #expect(try repository.readText("results/model") == "old\n")
      try repository.write("", to: "sound")
      try repository.dver("repro").requireSuccess()
      #expect(try repository.readText("results/model") == "1\n")
    }
  }

  @Test(arguments: ["exit 1", "kill -9 $PPID; exit 1"])
  func anOutputThatCannotComeBackStopsNoOtherCommand(_ ending: String) throws {
    let repository = try repository(
      """
        s:
          cmd: 'test -e sound || { echo x > .dver/tmp/failed; echo new > o; \(ending); }; cp in o'
          deps: [in]
          outs: [o]

      """)
    try repository.write("old\n", to: "o")
    let first = try repository.dver("repro")
    if ending == "exit 1" {
      try first.requireStatus(3)
      #expect(first.standardError.contains("o is in "))
    } else {
      try first.requireKilled()
    }
    try repository.write("", to: "sound")
    for words in [["status"], ["stage", "list"], ["config", "core.autostage"], ["doctor"]] {
      let result = try repository.dverCommand(words).run()
      guard case .exited(0...2) = result.status else {
        Issue.record("\(words)")
        continue
      }
      let lines = result.standardError.split(separator: "\n")
      #expect(lines.filter { $0.contains("state/aside/") }.count == 1, "\(words)")
    }
    // What a new run made would be replaced by the old output some day.
    let refused = try repository.dver("repro").requireStatus(3)
    #expect(refused.standardError.contains("its previous output o could not be put back yet"))
    let kept = try repository.dver("destroy", "-f").requireStatus(2)
    #expect(kept.standardError.contains("state/aside holds previous outputs of stages"))
    #expect(repository.exists("dver.yaml"))
    try repository.remove(".dver/tmp/failed")
    try repository.dver("status").requireSuccess()
    #expect(try repository.readText("o") == "old\n")
    #expect(try repository.readText(".dver/tmp/failed/s/outputs/o") == "new\n")
    #expect(try repository.files(".dver/state/aside").isEmpty)
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "1\n")
  }

  @Test func aSecondInterruptKills() throws {
    let repository = try repository(
      "  s: {cmd: \"trap 'touch asked' INT TERM; touch began; while :; do cat fifo; done\"}\n")
    try repository.shell("mkfifo fifo").requireSuccess()
    let running = try repository.dverCommand(["repro"]).start()
    try running.wait(until: { repository.exists("began") })
    running.send(SIGTERM)
    try running.wait(until: { repository.exists("asked") })
    running.send(SIGINT)
    try running.wait().requireStatus(130)
  }
}
