import DverCore
import DverFileSystem
package import DverParallel
import Glibc

/// Runs commands as children of this process.
package struct LocalExecutor: Executor {
  package init() {}

  package func run(
    _ request: CommandRequest, cancellation: Cancellation,
    output: (ArraySlice<UInt8>) -> Void
  ) throws -> CommandResult {
    let start = ContinuousClock.now
    var result = CommandResult(
      ending: .exited(0), command: 0, duration: .zero, peakMemory: ByteCount(0))
    let log = try Self.openLog(request.log)
    let input = try OpenFile(AbsolutePath("/dev/null", relativeTo: request.directory), .read)
    let logDescriptor = log.descriptor
    for (number, command) in request.commands.enumerated() {
      if cancellation.isRequested() {
        result.ending = .cancelled
        break
      }
      // Each command has a pipe of its own: what an earlier one left behind must not hold it open.
      let copy = fcntl(logDescriptor, F_DUPFD_CLOEXEC, 0)
      guard copy >= 0 else { throw FileSystemError(.open, request.log) }
      var watch = try CommandWatch(
        command, of: request, input: input.descriptor,
        log: OpenFile(adopting: copy, path: request.log))
      let end = try watch.run(cancellation, output)
      result.command = number
      result.ending = end.ending
      result.peakMemory = max(result.peakMemory, end.peakMemory)
      guard result.isSuccess else { break }
    }
    result.duration = ContinuousClock.now - start
    return result
  }

  private static func openLog(_ path: AbsolutePath) throws -> OpenFile {
    let mode = OpenFile.Mode.createIfMissing(permissions: 0o666)
    var log = try OpenFile.ifPresent(path, mode)
    if log == nil {
      try FileSystem.makeDirectories(path.parent)
      log = try OpenFile.ifPresent(path, mode)
    }
    guard let log = consume log else { throw FileSystemError(.open, path, code: ENOENT) }
    // Some file systems flush a file at its closing that was emptied before.
    if try log.status().size > 0 { try log.truncate() }
    return log
  }
}
