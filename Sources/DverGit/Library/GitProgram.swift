import Glibc

/// The git program, for the few things that libgit2 cannot do.
struct GitProgram: Sendable {
  let name: String
  let gitDirectory: [UInt8]
  let workTree: [UInt8]?
  let indexFile: [UInt8]?

  /// What a run of git left behind.
  struct Result {
    let status: Int32
    let output: [UInt8]
    let errors: [UInt8]
  }

  /// Runs git in the work tree; `nil` where no such program is installed.
  ///
  /// Input and output pass through files, so that neither side can wait for the other.
  func run(_ arguments: [String], input: [UInt8] = []) throws(GitError) -> Result? {
    let standardInput = try TemporaryFile.holding(input)
    let standardOutput = try TemporaryFile.holding([])
    let standardError = try TemporaryFile.holding([])
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in [
      (0 as Int32, standardInput.descriptor), (1, standardOutput.descriptor),
      (2, standardError.descriptor),
    ] {
      unsafe posix_spawn_file_actions_adddup2(&actions, file, target)
    }
    var process = pid_t()
    let status = unsafe withVectors(arguments) { argv, envp in
      unsafe posix_spawnp(&process, name, &actions, nil, argv, envp)
    }
    if status == ENOENT { return nil }
    guard status == 0 else {
      throw .system(action: "run", path: Array(name.utf8), code: status)
    }
    return Result(
      status: try wait(for: process), output: try standardOutput.contents(),
      errors: try standardError.contents())
  }

  private func wait(for process: pid_t) throws(GitError) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else {
        throw .system(action: "wait for", path: Array(name.utf8), code: errno)
      }
    }
    return status
  }

  /// Calls `body` with argument and environment vectors.
  private func withVectors(
    _ arguments: [String],
    _ body: (
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> Int32
  ) -> Int32 {
    var words = [Array(name.utf8), Array("--git-dir=".utf8) + gitDirectory]
    if let workTree {
      words += [Array("--work-tree=".utf8) + workTree, Array("-C".utf8), workTree]
    }
    words += arguments.map { Array($0.utf8) }
    var argv = unsafe words.map { word in unsafe withCString(word) { unsafe strdup($0) } } + [nil]
    var envp =
      unsafe environment().map { word in
        unsafe withCString(word) { unsafe strdup($0) }
      } + [nil]
    defer {
      unsafe argv.forEach { unsafe free($0) }
      unsafe envp.forEach { unsafe free($0) }
    }
    return unsafe argv.withUnsafeMutableBufferPointer { argv in
      unsafe envp.withUnsafeMutableBufferPointer { envp in
        guard let argv = argv.baseAddress, let envp = envp.baseAddress else { return ENOMEM }
        return unsafe body(argv, envp)
      }
    }
  }

  /// This process's environment, with the index that was asked for and messages in English.
  private func environment() -> [[UInt8]] {
    var words: [[UInt8]] = []
    var next = unsafe environ
    while let word = unsafe bytes(of: next.pointee) {
      words.append(word)
      unsafe next += 1
    }
    words.removeAll { $0.starts(with: "GIT_INDEX_FILE=".utf8) || $0.starts(with: "LC_ALL=".utf8) }
    words.append(Array("LC_ALL=C".utf8))
    if let indexFile { words.append(Array("GIT_INDEX_FILE=".utf8) + indexFile) }
    return words
  }
}

/// A file without a name, gone when its owner goes.
@safe private struct TemporaryFile: ~Copyable {
  private let stream: UnsafeMutablePointer<FILE>
  let descriptor: Int32

  private static var shownName: [UInt8] { Array("a temporary file".utf8) }

  /// A file with these bytes, positioned at its start.
  static func holding(_ bytes: [UInt8]) throws(GitError) -> TemporaryFile {
    guard let stream = unsafe tmpfile() else {
      throw .system(action: "create", path: shownName, code: errno)
    }
    let file = unsafe TemporaryFile(stream: stream, descriptor: fileno(stream))
    _ = fcntl(file.descriptor, F_SETFD, FD_CLOEXEC)
    try WorkFile.write(bytes, to: file.descriptor, path: shownName)
    lseek(file.descriptor, 0, SEEK_SET)
    return file
  }

  deinit { unsafe _ = fclose(stream) }

  /// All bytes of the file.
  borrowing func contents() throws(GitError) -> [UInt8] {
    let length = lseek(descriptor, 0, SEEK_END)
    lseek(descriptor, 0, SEEK_SET)
    return try WorkFile.contents(
      of: descriptor, expecting: max(0, Int(length)), path: Self.shownName)
  }
}

extension GitProgram.Result {
  /// Throws with git's own words where git failed.
  func requireSuccess(_ action: String) throws(GitError) {
    guard status != 0 else { return }
    let text = String(decoding: errors, as: UTF8.self)
    let line = text.split(separator: "\n").first.map(String.init) ?? "git failed without a message"
    throw .failed(action: action, detail: line)
  }
}
