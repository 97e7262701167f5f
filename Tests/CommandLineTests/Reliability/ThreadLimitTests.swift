import Glibc
import TestSupport
import Testing

/// Where the system refuses a process all threads but its first one.
@Suite(.enabled(if: ThreadLimit.isAvailable, "needs a stack limit that may be raised"))
struct ThreadLimitTests {
  @Test func commandsDoWithoutOtherThreads() throws {
    let repository = try TemporaryRepository()
    for number in 0..<20 { try repository.write("\(number)\n", to: "data/\(number)") }
    try repository.write([UInt8](repeating: 7, count: 5 << 20), to: "data/large")
    try repository.write(
      "stages: {s: {cmd: cp data/1 o, deps: [data], outs: [o]}}\n", to: "dver.yaml")
    for words in [
      ["add", "data"], ["repro"], ["status", "-q"],
      ["remote", "add", "-d", "shared", repository.outside("shared")], ["push"], ["verify"],
      ["unprotect", "data"], ["status", "-q"],
    ] {
      try ThreadLimit.command(words, in: repository).run().requireSuccess()
    }
    #expect(try repository.readText("o") == "1\n")
    try repository.shell("rm -rf data .dver/cache").requireSuccess()
    try ThreadLimit.command(["pull"], in: repository).run().requireSuccess()
    #expect(try repository.read("data/large") == [UInt8](repeating: 7, count: 5 << 20))
  }

  @Test func largeLocksAreReadWithoutOtherThreads() throws {
    let repository = try TemporaryRepository()
    try repository.write("stages: {s: {cmd: echo}}\n", to: "dver.yaml")
    let entries = (0..<20_000).map { "  s\($0):\n    cmd: echo\n" }.joined()
    try repository.write("schema: '2.0'\nstages:\n\(entries)", to: "dver.lock")
    try ThreadLimit.command(["status"], in: repository).run().requireSuccess()
  }

  @Test func ctrlCIsHeededWithoutOtherThreads() throws {
    let repository = try TemporaryRepository()
    // To hash it would take longer than any test may.
    try repository.shell("truncate -s 1T x").requireSuccess()
    let running = try ThreadLimit.command(["add", "--no-commit", "x"], in: repository).start()
    let process = "/proc/\(running.processIdentifier)"
    let catchesInterrupts =
      "readlink \(process)/exe | grep -q 'dver$' && "
      + "grep -q '^SigCgt:.*[2367abef]$' \(process)/status"
    try running.wait(until: { try repository.shell(catchesInterrupts).status == .exited(0) })
    running.sendToGroup(SIGINT)
    try running.wait().requireStatus(130)
    #expect(!repository.exists("x.dver"))
  }
}

/// Refuses threads, also those of root: their stacks would be larger than the address space.
private enum ThreadLimit {
  private static let shell = "ulimit -s 1000000000000"

  static let isAvailable: Bool = {
    // The thread sanitizer has a thread of its own.
    guard !Sanitizers.watchesThreads else { return false }
    let result = try? Command("/bin/sh", ["-c", shell], directory: "/").run()
    return result?.status == .exited(0)
  }()

  static func command(_ words: [String], in repository: TemporaryRepository) throws -> Command {
    var command = try repository.dverCommand(words)
    let start = ["-c", "\(shell) && exec \"$0\" \"$@\"", command.executable]
    command.arguments = start.map { Array($0.utf8) } + command.arguments
    command.executable = "/bin/sh"
    return command
  }
}
