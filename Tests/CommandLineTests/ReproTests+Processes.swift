import Glibc
import TestSupport
import Testing

/// Edits during a run, and commands that outlive theirs.
extension ReproTests {
  @Test func anEditDuringTheRunFailsTheStage() throws {
    let repository = try slow()
    let first = try begun(in: repository)
    try repository.write("edited\n", to: "in")
    try repository.shell(": >fifo").requireSuccess()
    let result = try first.wait().requireStatus(3)
    #expect(result.standardError.contains("dependency in changed while the stage ran"))
    #expect(!repository.exists("o") && !repository.exists("dver.lock"))
  }

  @Test func anEditOfAParameterDuringTheRunFailsTheStage() throws {
    let repository = try repository(
      "  a: {cmd: 'echo \"lr: 2\" >params.yaml; cp params.yaml o', params: [lr], outs: [o]}\n")
    try repository.write("lr: 1\n", to: "params.yaml")
    let result = try repository.dver("repro").requireStatus(3)
    #expect(result.standardError.contains("dependency params.yaml changed while the stage ran"))
    #expect(!repository.exists("o") && !repository.exists("dver.lock"))
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("dver.lock").contains("lr: 2\n"))
  }

  @Test func aStageSeesAnEditOfAParameterDuringTheStageBeforeIt() throws {
    let repository = try repository(
      """
        a: {cmd: 'cp new.yaml params.yaml; echo 1 >a', deps: [in], params: [seed], outs: [a]}
        b: {cmd: cp params.yaml b, deps: [a], params: [lr], outs: [b]}

      """)
    try repository.write("seed: 1\nlr: 1\n", to: "params.yaml")
    try repository.write("seed: 1\nlr: 2\n", to: "new.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("b") == "seed: 1\nlr: 2\n")
    #expect(try repository.readText("dver.lock").contains("lr: 2\n"))
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test func aStageThatIsGoneIsNotRecorded() throws {
    let repository = try repository(
      """
        s: {cmd: "cp in o; sed -i '/ s:/d' dver.yaml", deps: [in], outs: [o]}
        t: {cmd: cp in p, deps: [in], outs: [p]}

      """)
    let result = try repository.dver("repro", "s").requireSuccess()
    #expect(result.standardError.contains("a run of stage 's' is not recorded: dver.yaml lacks it"))
    #expect(!repository.exists("dver.lock"))
    #expect(try repository.readText("o") == "1\n")
    try repository.dver("repro").requireSuccess()
    #expect(try !repository.readText("dver.lock").contains(" s:"))
  }

  // MARK: Commands

  @Test func whatOutlivesAKilledRunIsEndedBeforeOldOutputsAreBack() throws {
    let repository = try repository(
      """
        s:
          cmd: sh -c 'echo $$ >pid; touch began; cat fifo; echo late >o' & wait
          deps: [in]
          outs: [o]

      """)
    try repository.write("old\n", to: "o")
    try repository.shell("mkfifo fifo").requireSuccess()
    let first = try begun(in: repository)
    let process = try #require(Int32(try repository.readText("pid").dropLast()))
    first.send(SIGKILL)
    _ = first.wait()
    // An ended process has no environment.
    let isAlive = "grep -qs '^DVER_RUN=' -z /proc/\(process)/environ"
    try repository.shell(isAlive).requireSuccess()
    let status = try repository.dver("status").requireSuccess()
    #expect(status.standardError.contains("Stage 's' was interrupted"))
    try repository.shell("! \(isAlive)").requireSuccess()
    #expect(try repository.readText("o") == "old\n")
  }

  @Test func aTextOfSeveralLinesStopsAtTheFirstThatFails() throws {
    let repository = try repository(
      """
        a:
          cmd: |
            echo 1 >a; x=1

            test -z "$x"
            exit 7
            echo 2 >b
          outs: [a]

      """)
    let failed = try repository.dver("repro").requireStatus(3)
    #expect(
      failed.standardOutput.hasPrefix(
        "Running stage 'a':\n> echo 1 >a; x=1\n[a] > test -z \"$x\"\n[a] > exit 7\n"))
    #expect(!failed.standardOutput.contains("echo 2"))
    #expect(failed.standardError.contains("its command exited with status 7"))
    #expect(!repository.exists("b"))
  }

  @Test func aTextOfSeveralLinesIsRecordedAsItIsWritten() throws {
    let repository = try repository(
      "  a: {cmd: \"echo 1 >a\\r\\necho 2 >>a\\n\", outs: [a]}\n"
        + "  b: {cmd: [\"x=1\\necho $x >b\"], outs: [b]}\n")
    let dry = try repository.dver("repro", "--dry", "--json").requireSuccess()
    #expect(dry.standardOutput.contains("\"cmd\": [\"echo 1 >a\\r\\necho 2 >>a\\n\"]"))
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("a") == "1\n2\n")
    #expect(try repository.readText("b") == "1\n")
    try repository.dver("status", "-q").requireSuccess()
  }
}
