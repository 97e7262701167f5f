import Glibc

/// A temporary folder with git repositories made by the git program, removed when the owner goes.
///
/// Git runs with a cleared environment: a home of its own, no system configuration, and fixed
/// names and dates, so that commits have the same names everywhere.
package final class GitRunner: Sendable {
  /// The folder, absolute and without symbolic links.
  package let root: String

  package init() throws {
    var template = Array("/tmp/dver-test-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw GitRunnerError("mkdtemp: \(errno)") }
    let bytes = template.dropLast().map { UInt8(bitPattern: $0) }
    root = String(decoding: bytes, as: UTF8.self)
  }

  deinit { _ = try? Self.run(["rm", "-rf", root], environment: []) }

  /// Makes a repository with the branch `main`, and returns its folder.
  package func repository(_ name: String = "repo", _ options: String...) throws -> String {
    let folder = "\(root)/\(name)"
    try git(["init", "-q", "-b", "main"] + options + [folder], in: root)
    return folder
  }

  /// Runs git in `folder` and returns what it printed; any other status than 0 is an error.
  @discardableResult
  package func git(
    _ arguments: [String], in folder: String, input: [UInt8] = []
  ) throws -> String {
    String(decoding: try gitBytes(arguments, in: folder, input: input), as: UTF8.self)
  }

  @discardableResult
  package func git(_ arguments: String..., in folder: String) throws -> String {
    try git(arguments, in: folder)
  }

  /// As `git`, for output that need not be text.
  package func gitBytes(
    _ arguments: [String], in folder: String, input: [UInt8] = []
  ) throws -> [UInt8] {
    try Self.run(
      ["git", "-C", folder] + arguments, environment: environment, input: input)
  }

  package var environment: [String] {
    [
      "HOME=\(root)", "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC",
      "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org",
      "GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@example.org",
      "GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_DATE=1700000000 +0000",
    ]
  }

  /// Writes a file, and the folders around it, below `folder`.
  package func write(_ content: [UInt8], to path: [UInt8], in folder: String) throws {
    let full = Array(folder.utf8) + [UInt8(ascii: "/")] + path
    for (position, byte) in full.enumerated() where byte == UInt8(ascii: "/") && position > 0 {
      _ = unsafe mkdir(Self.terminated(full[..<position]), 0o777)
    }
    let stream = unsafe fopen(Self.terminated(full[...]), "w")
    guard let stream = unsafe stream else { throw GitRunnerError("fopen: \(errno)") }
    let count = unsafe fwrite(content, 1, content.count, stream)
    guard unsafe fclose(stream) == 0, count == content.count else {
      throw GitRunnerError("write: \(errno)")
    }
  }

  package func write(_ content: String, to path: String, in folder: String) throws {
    try write(Array(content.utf8), to: Array(path.utf8), in: folder)
  }

  private static func terminated(_ path: ArraySlice<UInt8>) -> [CChar] {
    path.map { CChar(bitPattern: $0) } + [0]
  }

  /// Runs a program and returns its standard output.
  private static func run(
    _ words: [String], environment: [String], input: [UInt8] = []
  ) throws -> [UInt8] {
    guard let standardInput = unsafe tmpfile(), let output = unsafe tmpfile(),
      let errors = unsafe tmpfile()
    else { throw GitRunnerError("tmpfile: \(errno)") }
    defer { unsafe [standardInput, output, errors].forEach { unsafe _ = fclose($0) } }
    unsafe fwrite(input, 1, input.count, standardInput)
    unsafe rewind(standardInput)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, fileno(standardInput), 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, fileno(output), 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, fileno(errors), 2)
    var argv = unsafe words.map { unsafe strdup($0) } + [nil]
    var envp = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
      unsafe argv.forEach { unsafe free($0) }
      unsafe envp.forEach { unsafe free($0) }
    }
    var process = pid_t()
    let spawned = unsafe posix_spawnp(&process, words[0], &actions, nil, &argv, &envp)
    guard spawned == 0 else { throw GitRunnerError("posix_spawn: \(spawned)") }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw GitRunnerError("waitpid: \(errno)") }
    }
    guard status == 0 else {
      let text = String(decoding: unsafe contents(errors), as: UTF8.self)
      throw GitRunnerError("\(words.joined(separator: " ")): status \(status): \(text)")
    }
    return unsafe contents(output)
  }

  private static func contents(_ stream: UnsafeMutablePointer<FILE>) -> [UInt8] {
    unsafe fseek(stream, 0, SEEK_END)
    let count = unsafe ftell(stream)
    unsafe rewind(stream)
    // The storage of all empty arrays is one, and would be written to.
    if count == 0 { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      used = unsafe fread(buffer.baseAddress, 1, count, stream)
    }
  }
}

/// A program that a test needs failed.
package struct GitRunnerError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
