import ArgumentParser

/// The command that `dver help WORD…` asks for.
enum HelpTopic {
  /// The word that names no command, and the names that would.
  static func unknownWord(in arguments: [String]) -> (word: String, known: [String])? {
    guard arguments.first == "help", arguments != ["help", "help"] else { return nil }
    var command: any ParsableCommand.Type = DverRoot.self
    for word in arguments.dropFirst() where !word.hasPrefix("-") {
      let configuration = command.configuration
      let below =
        configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
      // What follows a command without others is not looked at.
      if below.isEmpty { return nil }
      guard let next = below.first(where: { names(of: $0).contains(word) }) else {
        return (word, below.flatMap(names(of:)))
      }
      command = next
    }
    return nil
  }

  private static func names(of command: any ParsableCommand.Type) -> [String] {
    [command._commandName] + command.configuration.aliases
  }
}
