import FoundationEssentials
import TestSupport

/// A command that has no subcommands, as the program describes itself.
struct CommandEntry {
  /// Without `dver`, such as `remote add`.
  let name: String
  let aliases: [String]
  let abstract: String
  let discussion: String
  let options: Set<String>
  let optionHelp: [String]

  static func all() throws -> [CommandEntry] {
    let result = try Command(
      BuiltProducts.dver(), ["--experimental-dump-help"], directory: "/"
    ).run().requireSuccess()
    let dump = try JSONDecoder().decode(Dump.self, from: Data(result.standardOutputBytes))
    return (dump.command.subcommands ?? []).flatMap { leaves(of: $0, above: "") }
  }

  private static func leaves(of node: Dump.Node, above: String) -> [CommandEntry] {
    guard node.shouldDisplay, node.commandName != "help" else { return [] }
    if let subcommands = node.subcommands, !subcommands.isEmpty {
      return subcommands.flatMap { leaves(of: $0, above: above + node.commandName + " ") }
    }
    let arguments = (node.arguments ?? []).filter(\.shouldDisplay)
    return [
      CommandEntry(
        name: above + node.commandName, aliases: node.aliases ?? [],
        abstract: node.abstract ?? "", discussion: node.discussion ?? "",
        options: Set(arguments.flatMap { ($0.names ?? []).map(\.spelling) }),
        // The parser's own two end with a period.
        optionHelp: arguments.filter { $0.valueName != "version" && $0.valueName != "help" }
          .map { $0.abstract ?? "" })
    ]
  }

  func isCalled(by words: [String]) -> Bool {
    ([name] + aliases).contains { spelling in
      words.starts(with: spelling.split(separator: " ").map(String.init))
    }
  }
}

/// What `--experimental-dump-help` prints, as far as it matters here.
private struct Dump: Decodable {
  struct Node: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var aliases: [String]?
    var arguments: [Argument]?
    var subcommands: [Node]?
  }

  struct Argument: Decodable {
    var abstract: String?
    var shouldDisplay: Bool
    var valueName: String?
    var names: [Name]?
  }

  struct Name: Decodable {
    var kind: String
    var name: String

    var spelling: String { (kind == "long" ? "--" : "-") + name }
  }

  var command: Node
}

/// What every command takes and dver(1) explains.
enum GlobalOptions {
  static let names: Set<String> = [
    "-q", "--quiet", "-v", "--verbose", "--color", "--cd", "--json", "-h", "--help", "--version",
  ]
}
