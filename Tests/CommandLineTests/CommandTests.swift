import Glibc
import TestSupport
import Testing

@Suite struct CommandTests {
  private func shell(_ script: String, input: String = "") throws -> CommandResult {
    var command = Command("/bin/sh", ["-c", script], directory: "/")
    command.standardInput = Array(input.utf8)
    return try command.run()
  }

  @Test func exitStatusAndBothOutputsComeBack() throws {
    let result = try shell("echo out; echo err >&2; exit 3")
    #expect(result.status == .exited(3))
    #expect(result.standardOutput == "out\n")
    #expect(result.standardError == "err\n")
    #expect(result.lines == ["out"])
    try result.requireStatus(3)
    #expect(throws: SupportError.self) { try result.requireSuccess() }
  }

  @Test func aSignalIsNoExitStatus() throws {
    #expect(try shell("kill -TERM $$").status == .signalled(SIGTERM))
  }

  @Test func inputAndOutputLargerThanPipesPass() throws {
    let text = String(repeating: "0123456789abcdef\n", count: 40_000)
    let result = try shell("tee /dev/stderr", input: text)
    #expect(result.standardOutput == text)
    #expect(result.standardError == text)
  }

  @Test func aProgramMayIgnoreItsInput() throws {
    let text = String(repeating: "x", count: 1_000_000)
    #expect(try shell("exit 4", input: text).status == .exited(4))
  }

  @Test func nothingOfTheEnvironmentIsInherited() throws {
    let result = try shell("env | cut -d= -f1 | sort")
    #expect(result.lines == ["LC_ALL", "PATH", "PWD", "TZ"])
  }

  @Test func aProgramThatHangsIsStopped() throws {
    let directory = try TemporaryDirectory()
    var command = Command(
      "/bin/sh", ["-c", "mkfifo f; cat f & cat f & wait"], directory: directory.path)
    command.timeout = .milliseconds(1)
    #expect(try command.run().status == .timedOut)
  }

  @Test func signalsReachAStartedProgram() throws {
    let script = "trap 'echo caught; exit 7' INT; echo ready > ready; while :; do :; done"
    let repository = try TemporaryRepository(.emptyDirectory)
    let running = try Command("/bin/sh", ["-c", script], directory: repository.path).start()
    try running.wait(until: { repository.exists("ready") })
    running.sendToGroup(SIGINT)
    let result = running.wait()
    #expect(result.status == .exited(7))
    #expect(result.standardOutput == "caught\n")
  }

  @Test func aMissingProgramIsAnError() {
    #expect(throws: SupportError.self) {
      try Command("no-such-program", directory: "/").run()
    }
  }
}
