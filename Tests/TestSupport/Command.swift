/// A program to run, with everything that it can see.
package struct Command: Sendable {
  /// A path, or a name that is looked for in PATH.
  package var executable: String
  package var arguments: [[UInt8]]
  /// The whole environment: nothing is inherited.
  package var environment: [String: String]
  package var directory: [UInt8]
  package var standardInput: [UInt8] = []
  /// After this long the process group is killed; generous, since machines are busy.
  package var timeout: Duration = .seconds(300)

  package init(
    _ executable: String, _ arguments: [any ByteText] = [],
    environment: [String: String] = Command.plainEnvironment, directory: some ByteText
  ) {
    self.executable = executable
    self.arguments = arguments.map(\.nameBytes)
    self.environment = environment
    self.directory = directory.nameBytes
  }

  /// Runs the program to its end. Throws only if it cannot be started.
  package func run() throws -> CommandResult {
    try RunningCommand(self).wait()
  }

  /// Starts the program, for tests that do something while it runs.
  package func start() throws -> RunningCommand {
    try RunningCommand(self)
  }

  /// The command line, roughly as a shell would take it.
  var line: String {
    let words = [executable] + arguments.map { readable($0) }
    return words.map { word in
      word.isEmpty || word.contains(where: \.isWhitespace) ? "'\(word)'" : word
    }.joined(separator: " ")
  }
}
