import ArgumentParser
import DverCore
import Glibc
import Synchronization

/// Parses the command line, runs the command, and ends the process with its exit status.
///
/// The only place that prints errors and picks a status.
package func runDver() -> Never {
  // Writing to a closed pipe is an error like any other.
  signal(SIGPIPE, SIG_IGN)
  let arguments = LeadingOptions.moved(behindCommand: CommandLineBytes.arguments())
  exit(run(arguments).rawValue)
}

private func run(_ arguments: [String]) -> ExitStatus {
  // Scripts ask for it, and to set up the parser of all commands would take half of the time.
  if arguments == ["--version"] {
    print(Version.text)
    return .done
  }
  // The parser would answer with the overview.
  if let (word, known) = HelpTopic.unknownWord(in: arguments) {
    let nearest = Spelling.nearest(to: word, among: known).map { "did you mean '\($0)'?" }
    return refuse(
      arguments, "there is no command '\(word)'",
      hint: nearest ?? "run 'dver --help' for the commands", status: .usage)
  }
  do {
    var command = try CommandLineParser.command(of: arguments)
    try command.run()
    return finish(.done)
  } catch let request as ExitRequest {
    return finish(request.status)
  } catch is OutputError {
    return finish(.failed)
  } catch let error as any DverError {
    return fail(error)
  } catch {
    return usage(error, arguments)
  }
}

private func finish(_ status: ExitStatus) -> ExitStatus {
  guard let console = CurrentConsole.value, !console.flush() else { return status }
  if let failure = console.outputFailure, !failure.isClosedPipe {
    write(error: failure.message, hint: nil)
  }
  return .failed
}

private func fail(_ error: any DverError) -> ExitStatus {
  let console = CurrentConsole.value
  if let console, console.printsJSON {
    // Nothing of a result that failed.
    console.tell(
      document(
        error: error.message, hint: error.hint, status: error.exitStatus,
        details: (error as? any DetailedError)?.details ?? []
      ).serialized)
    return error.exitStatus
  }
  console?.flush()
  write(error: error.message, hint: error.hint)
  return error.exitStatus
}

/// What the argument parser threw: a wrong command line, or the wish for help.
private func usage(_ error: any Error, _ arguments: [String]) -> ExitStatus {
  let message = DverRoot.fullMessage(for: error)
  if DverRoot.exitCode(for: error) == .success {
    print(message)
    return .done
  }
  let (said, hint) = explanation(of: error, message, arguments)
  return refuse(
    arguments, said, hint: hint,
    status: DverRoot.exitCode(for: error) == .validationFailure ? .usage : .failed)
}

/// Says what is wrong with a command line, as it asks for it.
private func refuse(
  _ arguments: [String], _ said: String, hint: String, status: ExitStatus
) -> ExitStatus {
  if arguments.prefix(while: { $0 != "--" }).contains("--json") {
    write(document(error: said, hint: hint, status: status).serialized + "\n")
  } else {
    write(error: said, hint: hint)
  }
  return status
}

/// What is wrong with a command line, and the next step.
private func explanation(
  of error: any Error, _ message: String, _ arguments: [String]
) -> (said: String, hint: String) {
  if let name = arguments.first, !name.hasPrefix("-"), !commandNames.contains(name) {
    let nearest = Spelling.nearest(to: name, among: commandNames)
    return (
      "there is no command '\(name)'",
      nearest.map { "did you mean 'dver \($0)'?" } ?? "run 'dver --help' for the commands"
    )
  }
  if let name = arguments.first, LeadingOptions.isGlobal(name) {
    return ("no command is given", "run 'dver --help' for the commands")
  }
  let text = DverRoot.message(for: error)
  return (
    text.isEmpty ? message : text,
    "run 'dver --help' for the commands, 'dver COMMAND --help' for one"
  )
}

/// The names of all commands that are shown, with their aliases.
private var commandNames: [String] {
  DverRoot.configuration.groupedSubcommands.flatMap(\.subcommands).flatMap { command in
    [command._commandName] + command.configuration.aliases
  } + ["help"]
}

private func write(error message: String, hint: String?) {
  var text = "dver: error: \(message)\n"
  if let hint { text += "hint: \(hint)\n" }
  text = Console.printable(text)
  if let console = CurrentConsole.value {
    console.tell(String(text.dropLast()))
  } else {
    write(text)
  }
}

/// Writes to standard error where no console is yet.
private func write(_ text: String) {
  let bytes = Array(text.utf8)
  _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
}

/// An error as `--json` shows it.
private func document(
  error: String, hint: String?, status: ExitStatus,
  details: [(key: String, value: JSONValue)] = []
) -> JSONValue {
  // A person reads several lines more easily, a program one.
  .object(
    [
      ("error", .string(error.replacing("\n", with: "; "))),
      ("hint", hint.map { .string($0) } ?? .null),
      ("status", .integer(Int64(status.rawValue))),
    ] + details)
}

/// An error of which `--json` tells more than its message.
protocol DetailedError: DverError {
  var details: [(key: String, value: JSONValue)] { get }
}

/// The console of the command that runs, for the one place that prints errors.
enum CurrentConsole {
  private static let console = Mutex<Console?>(nil)

  static var value: Console? { console.withLock { $0 } }
  static func set(_ value: Console) { console.withLock { $0 = value } }
}
