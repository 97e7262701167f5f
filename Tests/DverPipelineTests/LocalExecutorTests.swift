import DverCore
import DverFileSystem
import DverParallel
import DverPipeline
import Synchronization
import TestSupport
import Testing

@Suite struct LocalExecutorTests {
  private let directory: TemporaryDirectory
  private var root: AbsolutePath { AbsolutePath(normalized: Array(directory.path.utf8)) }

  init() throws { directory = try TemporaryDirectory() }

  private func request(_ commands: [String], shell: String = "/bin/sh") -> CommandRequest {
    CommandRequest(
      stage: StageAddress(file: path("dver.yaml"), name: "s"), commands: commands,
      shell: Shell(path: shell), directory: root,
      environment: [Array("PATH=/usr/bin:/bin".utf8)], log: root.appending("logs/s.log"),
      grace: .milliseconds(10))
  }

  private func run(
    _ request: CommandRequest, _ cancellation: Cancellation = Cancellation(),
    output: (ArraySlice<UInt8>) -> Void = { _ in }
  ) throws -> DverPipeline.CommandResult {
    try LocalExecutor().run(request, cancellation: cancellation, output: output)
  }

  @Test func passesOutputByLinesAndKeepsALog() throws {
    var lines: [String] = []
    let result = try run(request(["printf 'a\\nb\\rc\\n'; echo d >&2", "printf end"])) {
      lines.append(String(decoding: $0, as: UTF8.self))
    }
    #expect(lines == ["a\n", "b\r", "c\n", "d\n", "end"])
    #expect(result.isSuccess)
    #expect(result.command == 1)
    #expect(result.peakMemory > ByteCount(0))
    let log = try FileSystem.contents(of: root.appending("logs/s.log"))
    #expect(log == Array("a\nb\rc\nd\nend".utf8))
  }

  @Test func passesMoreThanAPipeHoldsAndLinesLongerThanABuffer() throws {
    var pieces: [[UInt8]] = []
    let result = try run(request(["head -c 300000 /dev/zero | tr '\\0' x; echo; echo done"])) {
      pieces.append(Array($0))
    }
    #expect(result.isSuccess)
    #expect(pieces.joined().count == 300_006)
    #expect(pieces.last == Array("done\n".utf8))
    #expect(pieces.allSatisfy { $0.count <= 65536 })
  }

  @Test func tellsHowCommandsEnd() throws {
    #expect(try run(request(["true", "exit 9", "true"])).ending == .exited(9))
    #expect(try run(request(["exit 9", "true"])).command == 0)
    #expect(try run(request(["kill -KILL $$"])).ending == .killed(signal: 9))
    #expect(try run(request([])).isSuccess)
  }

  @Test func startsCommandsWithDefaultSignalsNothingToReadAndASessionOfTheirOwn() throws {
    var text = ""
    _ = try run(
      request(["cat; cut -d' ' -f6 /proc/$$/stat; echo $$; grep SigBlk /proc/self/status"])
    ) { text += String(decoding: $0, as: UTF8.self) }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first == lines.dropFirst().first)
    #expect(lines.last?.hasSuffix("0000000000000000") == true)
  }

  @Test(.disabled(if: Sanitizers.watchesThreads, "vfork is fork there"))
  func namesWhatCannotBeStarted() throws {
    let shell = #expect(throws: CommandError.self) {
      try run(request(["true"], shell: "/no/such/shell"))
    }
    #expect(shell?.message == "cannot start /no/such/shell: No such file or directory")
    var elsewhere = request(["true"])
    elsewhere.directory = root.appending("none")
    let directory = #expect(throws: CommandError.self) { try run(elsewhere) }
    #expect(directory?.message.contains("/none: No such file or directory") == true)
  }

  @Test func doesNotWaitForWhatOutlivesACommand() throws {
    var text = ""
    let result = try run(request(["sleep 1000 & echo $!"])) {
      text += String(decoding: $0, as: UTF8.self)
    }
    #expect(result.isSuccess)
    let process = try #require(Int32(text.dropLast()))
    #expect(!hasEnded(process))
    _ = try run(request(["kill \(process)"]))
  }

  @Test func endsWhatAFailedCommandLeft() throws {
    var text = ""
    _ = try run(request(["sleep 1000 & echo $!; exit 1"])) {
      text += String(decoding: $0, as: UTF8.self)
    }
    #expect(waitForEnd(of: try #require(Int32(text.dropLast()))))
  }

  @Test(arguments: [Cancellation.Urgency.stop, .kill])
  func endsEvenWhatIgnoresSignals(urgency: Cancellation.Urgency) throws {
    let cancellation = Cancellation()
    let command = "trap '' INT TERM; echo go; while :; do sleep 1000; done"
    let result = try run(request([command, "touch never"]), cancellation) { _ in
      cancellation.request(urgency)
    }
    #expect(result.ending == .cancelled)
    #expect(try !FileSystem.exists(root.appending("never")))
  }

  @Test func letsACommandEndInItsOwnWay() throws {
    let cancellation = Cancellation()
    var patient = request(["trap 'echo bye; exit 0' INT; echo go; while :; do :; done"])
    patient.grace = .seconds(3600)
    var text = ""
    let result = try run(patient, cancellation) {
      text += String(decoding: $0, as: UTF8.self)
      cancellation.request()
    }
    #expect(text == "go\nbye\n")
    #expect(result.ending == .cancelled)
  }

  @Test func stopsWhatTakesTooLongWithAllThatItStarted() throws {
    var late = request(["sleep 1000 & wait", "touch never"])
    late.timeout = .milliseconds(1)
    #expect(try run(late).ending == .timedOut)
    late.commands = ["trap '' TERM INT; while :; do sleep 1000; done", "touch never"]
    #expect(try run(late).ending == .timedOut)
    #expect(try !FileSystem.exists(root.appending("never")))
  }

  @Test func stopsWhatPrintsWithoutPause() throws {
    var late = request(["yes", "touch never"])
    late.timeout = .milliseconds(1)
    #expect(try run(late).ending == .timedOut)
    let cancellation = Cancellation()
    let result = try run(request(["yes", "touch never"]), cancellation) { _ in
      cancellation.request()
    }
    #expect(result.ending == .cancelled)
    #expect(try !FileSystem.exists(root.appending("never")))
  }

  @Test func doesNotWaitForWhatGoesOnToPrint() throws {
    // It ends once nobody reads.
    #expect(try run(request(["yes & exit 0"])).isSuccess)
  }

  @Test func aLogIsAddedToAndNotMadeForNothing() throws {
    let log = root.appending("logs/s.log")
    _ = try run(request(["true"]))
    #expect(try !FileSystem.exists(log))
    _ = try run(request(["echo 1", "true", "echo 2"]))
    _ = try run(request(["echo 3"]))
    #expect(try FileSystem.contents(of: log) == Array("1\n2\n3\n".utf8))
  }

  @Test func startsNothingOnceCancelled() throws {
    let cancellation = Cancellation()
    cancellation.request()
    #expect(try run(request(["touch never"]), cancellation).ending == .cancelled)
    #expect(try !FileSystem.exists(root.appending("never")))
  }

  @Test func choosesAShellThatUnderstandsCommands() {
    #expect(Shell.standard(preferred: "/bin/bash").options == ["--noprofile", "--norc", "-c"])
    #expect(Shell.standard(preferred: "/usr/bin/fish").path == "/bin/sh")
    #expect(Shell.standard(preferred: "/no/such/bash").path == "/bin/sh")
    #expect(Shell.standard(preferred: nil).path == "/bin/sh")
  }
}
