import ArgumentParser

/// Finds the command of a command line, with the values of its options.
enum CommandLineParser {
  /// Asks the parser of the command alone, and that of all commands only for help and about errors: to
  /// set that up takes several milliseconds.
  static func command(of arguments: [String]) throws -> any ParsableCommand {
    let (named, rest) = namedCommand(in: arguments)
    if named.configuration.subcommands.isEmpty, let command = try? named.parseAsRoot(Array(rest)),
      type(of: command) == named
    {
      return command
    }
    return try DverRoot.parseAsRoot(arguments)
  }

  /// The command that the first words name, and what follows them.
  private static func namedCommand(
    in arguments: [String]
  ) -> (any ParsableCommand.Type, ArraySlice<String>) {
    var (command, rest): (any ParsableCommand.Type, _) = (DverRoot.self, arguments[...])
    while let word = rest.first,
      let next = command.configuration.subcommands.first(where: { $0.isNamed(word) })
    {
      command = next
      rest.removeFirst()
    }
    return (command, rest)
  }
}

extension ParsableCommand {
  fileprivate static func isNamed(_ word: String) -> Bool {
    _commandName == word || configuration.aliases.contains(word)
  }
}
