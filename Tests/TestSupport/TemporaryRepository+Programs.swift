extension TemporaryRepository {
  /// Runs the built `dver` in the work tree.
  @discardableResult
  package func dver(_ arguments: any ByteText...) throws -> CommandResult {
    try dverCommand(arguments).run()
  }

  /// Runs the built `dver` in a directory of the work tree, with input.
  @discardableResult
  package func dver(
    _ arguments: any ByteText..., in directory: String = "", input: String = ""
  ) throws -> CommandResult {
    var command = try dverCommand(arguments)
    command.directory = resolve(directory)
    command.standardInput = Array(input.utf8)
    return try command.run()
  }

  /// `dver` with arguments, to be changed, started or made to fail before it runs.
  package func dverCommand(_ arguments: [any ByteText]) throws -> Command {
    try Command(
      BuiltProducts.dver(), arguments, environment: environment, directory: path)
  }

  /// Runs `git` in the work tree.
  @discardableResult
  package func git(_ arguments: any ByteText...) throws -> CommandResult {
    try Command("git", arguments, environment: environment, directory: path).run()
  }

  /// Runs a shell script in the work tree.
  @discardableResult
  package func shell(_ script: String) throws -> CommandResult {
    try Command("/bin/sh", ["-c", script], environment: environment, directory: path).run()
  }

  /// Records everything that git sees, and returns the new commit's name.
  @discardableResult
  package func commitAll(_ message: String = "A version") throws -> String {
    try git("add", "--all").requireSuccess()
    try git("commit", "--quiet", "--allow-empty", "--message", message).requireSuccess()
    return try git("rev-parse", "HEAD").requireSuccess().lines[0]
  }
}
