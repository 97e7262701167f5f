import ArgumentParser

/// Global options in front of the command, as in `dver --cd DIR status`.
///
/// The argument parser takes them behind the command only.
enum LeadingOptions {
  private static let flags = ["-q", "--quiet", "-v", "--verbose"]
  private static let options = ["--cd", "--color"]

  /// Whether an argument is an option that may stand before the command.
  static func isGlobal(_ argument: String) -> Bool {
    flags.contains(argument)
      || options.contains { argument == $0 || argument.hasPrefix($0 + "=") }
  }

  /// The command first, the global options before it next, then the rest.
  ///
  /// A command line without a command stays what it is, for the parser to refuse.
  static func moved(behindCommand arguments: [String]) -> [String] {
    var end = 0
    while end < arguments.count {
      let argument = arguments[end]
      if options.contains(argument) {
        end += 2
      } else if isGlobal(argument) {
        end += 1
      } else {
        break
      }
    }
    guard end > 0, end < arguments.count, !arguments[end].hasPrefix("-") else { return arguments }
    var words = 1
    // A command of commands takes no options itself.
    if end + 1 < arguments.count,
      isGroup(arguments[end]), !arguments[end + 1].hasPrefix("-")
    {
      words = 2
    }
    let rest = arguments[(end + words)...]
    return Array(arguments[end..<(end + words)]) + Array(arguments[..<end]) + Array(rest)
  }

  /// Whether a word is a command that has commands of its own.
  private static func isGroup(_ word: String) -> Bool {
    for command in DverRoot.configuration.subcommands {
      let configuration = command.configuration
      if configuration.commandName == word { return !configuration.subcommands.isEmpty }
    }
    return false
  }
}
