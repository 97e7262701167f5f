import CSystem
import Glibc

/// Starts a command in a new process group, with the default signal handling.
func spawn(_ command: Command, pipes: ChildPipes) throws -> pid_t {
  // A program that stops reading must not end the tests.
  signal(SIGPIPE, SIG_IGN)
  var actions = unsafe posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  unsafe posix_spawn_file_actions_init(&actions)
  unsafe posix_spawnattr_init(&attributes)
  defer {
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
  }
  unsafe dver_spawn_add_chdir(&actions, cString(command.directory))
  for (number, end) in pipes.childEnds.enumerated() {
    unsafe posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
  }
  setSignals(&attributes)

  let environment = command.environment.sorted { $0.key < $1.key }.map { Array("\($0)=\($1)".utf8) }
  var process: pid_t = 0
  let status = unsafe withPointers([Array(command.executable.utf8)] + command.arguments) { words in
    unsafe withPointers(environment) { variables in
      unsafe posix_spawnp(
        &process, command.executable, &actions, &attributes, words, variables)
    }
  }
  guard status == 0 else {
    throw SupportError("cannot run '\(command.line)': \(errorText(status))")
  }
  return process
}

/// No signal blocked, every one at its default, a group of its own.
private func setSignals(_ attributes: inout posix_spawnattr_t) {
  var none = sigset_t()
  var all = sigset_t()
  unsafe sigemptyset(&none)
  unsafe sigfillset(&all)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
  unsafe posix_spawnattr_setsigdefault(&attributes, &all)
  unsafe posix_spawnattr_setpgroup(&attributes, 0)
  let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
}

/// The bytes as a C string.
func cString(_ bytes: [UInt8]) -> [CChar] {
  bytes.map { CChar(bitPattern: $0) } + [0]
}

/// Lends `body` an array of C strings that ends with a null pointer.
private func withPointers<Result>(
  _ strings: [[UInt8]],
  _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
) rethrows -> Result {
  let copies = unsafe strings.map { unsafe strdup(cString($0)) }
  defer { unsafe copies.forEach { unsafe free($0) } }
  return try unsafe body(copies + [nil])
}
