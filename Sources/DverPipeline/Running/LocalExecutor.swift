import DverCore
import DverFileSystem
package import DverParallel

/// Runs commands as children of this process.
package struct LocalExecutor: Executor {
  package init() {}

  package func run(
    _ request: CommandRequest, cancellation: Cancellation, started: (Int) -> Void = { _ in },
    output: (ArraySlice<UInt8>) -> Void
  ) throws -> CommandResult {
    let start = ContinuousClock.now
    var result = CommandResult(
      ending: .exited(0), command: 0, duration: .zero, peakMemory: ByteCount(0))
    let log = RunLog(request.log)
    let input = try OpenFile(AbsolutePath("/dev/null", relativeTo: request.directory), .read)
    let jobs = request.jobServer?.connect()
    defer { jobs?.close() }
    var request = request
    jobs?.announce(in: &request.environment)
    let limit = request.timeout.map { start + $0 }
    for (number, command) in request.commands.enumerated() {
      if cancellation.isRequested() {
        result.ending = .cancelled
        break
      }
      // Each command has a pipe of its own: what an earlier one left behind must not hold it open.
      var watch = try CommandWatch(
        command, of: request, input: input.descriptor, log: log, limit: limit, jobs: jobs)
      started(number)
      let end = try watch.run(cancellation, output)
      result.command = number
      result.ending = end.ending
      result.peakMemory = max(result.peakMemory, end.peakMemory)
      guard result.isSuccess else { break }
    }
    result.duration = ContinuousClock.now - start
    return result
  }
}
