import CSystem
import DverCore
import DverFileSystem
import Glibc

/// A command that runs in a session and process group of its own.
///
/// Killed and reaped, if nobody waited for it, when the value goes; killed by the system when the
/// thread ends that started it.
struct ChildProcess: ~Copyable {
  private let identifier: Int32
  /// Readable once the process has ended; -1 on a system without such descriptors.
  let descriptor: Int32
  private var isReaped = false

  /// Starts `command` with its standard input and output on the given descriptors.
  ///
  /// - Parameter inherited: At most two descriptors that the command gets under their numbers.
  init(
    _ command: String, of request: CommandRequest, input: Int32, output: Int32,
    inherited: [Int32] = []
  ) throws {
    precondition(inherited.count <= 2)
    let arguments = ([request.shell.path] + request.shell.options + [command]).map {
      Array($0.utf8)
    }
    var process: Int32 = 0
    let failure = unsafe Self.withCStrings(arguments) { arguments in
      unsafe Self.withCStrings(request.environment) { environment in
        unsafe request.directory.withCString { directory in
          unsafe request.shell.path.withCString { path in
            var spawn = unsafe dver_spawn_request(
              path: path, arguments: arguments, environment: environment, directory: directory,
              input: input, output: output,
              inherited: (inherited.first ?? -1, inherited.dropFirst().first ?? -1))
            return unsafe dver_spawn(&spawn, &process)
          }
        }
      }
    }
    let code = errno
    switch UInt32(failure) {
    case 0: break
    case UInt32(DVER_SPAWN_DIRECTORY): throw CommandError.directory(request.directory, code: code)
    case UInt32(DVER_SPAWN_EXECUTE): throw CommandError.shell(request.shell.path, code: code)
    default: throw CommandError.process(code: code)
    }
    identifier = process
    descriptor = dver_process_descriptor(process)
  }

  deinit {
    if !isReaped {
      _ = kill(-identifier, SIGKILL)
      var status: Int32 = 0
      while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Sends `signal` to the command and everything that it started and that did not leave its group.
  ///
  /// Safe as long as the process was not waited for: until then its number is not used again.
  func signalGroup(_ signal: Int32) {
    _ = kill(-identifier, signal)
  }

  /// How a process stands that was not waited for.
  enum State {
    case running, succeeded, failed
  }

  func state() -> State {
    switch dver_process_ended(identifier) {
    case 0: .running
    case 1: .succeeded
    default: .failed
    }
  }

  /// Waits for the end of the process.
  mutating func wait() -> (ending: CommandResult.Ending, peakMemory: ByteCount) {
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(identifier, &status, 0, &usage) < 0, errno == EINTR {}
    isReaped = true
    let signal = status & 0x7f
    let ending: CommandResult.Ending =
      signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    return (ending, ByteCount(Int64(usage.ru_maxrss) * 1024))
  }

  /// Calls `body` with pointers to NUL-terminated copies of `strings` and a null pointer behind
  /// them.
  private static func withCStrings<Result>(
    _ strings: [[UInt8]],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
  ) rethrows -> Result {
    let byteCount = strings.reduce(0) { $0 + $1.count + 1 }
    return try unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: byteCount + 1) {
      bytes in
      try unsafe withUnsafeTemporaryAllocation(
        of: UnsafeMutablePointer<CChar>?.self, capacity: strings.count + 1
      ) { pointers in
        var offset = 0
        for (number, string) in strings.enumerated() {
          unsafe pointers[number] = bytes.baseAddress.map { unsafe $0 + offset }
          let rest = unsafe UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: bytes[offset...]))
          unsafe string.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
          offset += string.count
          unsafe bytes[offset] = 0
          offset += 1
        }
        unsafe pointers[strings.count] = nil
        guard let start = pointers.baseAddress else { preconditionFailure("not empty") }
        return try unsafe body(UnsafePointer(start))
      }
    }
  }
}
