import ArgumentParser

/// The command that `dver help WORD…` or `dver WORD… --help` asks for.
enum HelpTopic {
  /// The word that names no command, and the names that would; `nil` where no help is asked for.
  static func unknownWord(in arguments: [String]) -> (word: String, known: [String])? {
    let words: ArraySlice<String>
    if arguments.first == "help" {
      words = arguments.dropFirst().filter { !$0.hasPrefix("-") }[...]
      if words.first == "help" { return nil }
    } else {
      guard
        arguments.prefix(while: { $0 != "--" }).contains(where: { ["-h", "--help"].contains($0) })
      else { return nil }
      words = arguments.prefix { !$0.hasPrefix("-") }
    }
    var command: any ParsableCommand.Type = DverRoot.self
    for word in words {
      let below = command.configuration.subcommands
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
