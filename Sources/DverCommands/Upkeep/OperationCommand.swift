import ArgumentParser
import DverCore
import DverWorkspace

/// `dver op`: about the operations of a workspace.
struct OperationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "op",
    abstract: "List what commands did",
    discussion: """
      Examples:
        dver op log -n 10
      """,
    subcommands: [OperationLogCommand.self])
}

/// `dver op log`: lists operations.
struct OperationLogCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "List what commands changed, newest first",
    discussion: """
      The numbers are those that 'dver undo --to' takes. The last 1000 records of the last 90 days \
      are kept, in .dver/state.

      Examples:
        dver op log
        dver op log -n 1 --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(name: .customShort("n"), help: ArgumentHelp("How many to list", valueName: "count"))
  var count: Int?

  var printsJSON: Bool { json.json }

  func validate() throws {
    if let count, count < 0 { throw ValidationError("-n takes a number that is not negative") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    let entries = try workspace.operationEntries().prefix(count ?? .max)
    if console.printsJSON {
      return console.print(json: .array(entries.map(Self.json)))
    }
    for entry in entries {
      let state = entry.isUndone ? "  (undone)" : Self.reversals(entry)
      console.print(
        "\(entry.number)\t\(Timestamp(nanoseconds: entry.started).local)\t\(entry.command)\(state)")
    }
    if entries.isEmpty { console.status("Nothing was changed yet") }
  }

  private static func reversals(_ entry: OperationEntry) -> String {
    func list(_ word: String, _ numbers: [Int]) -> String {
      numbers.isEmpty ? "" : "  (\(word) \(numbers.map { "\($0)" }.joined(separator: ", ")))"
    }
    return list("undid", entry.undone) + list("repeated", entry.redone)
  }

  private static func json(_ entry: OperationEntry) -> JSONValue {
    func list(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
    return [
      "op": .integer(Int64(entry.number)), "command": .string(entry.command),
      "time": .string(Timestamp(nanoseconds: entry.started).universal),
      "undone": .bool(entry.isUndone), "undoes": list(entry.undone), "redoes": list(entry.redone),
      "paths": .array(entry.paths.map { .path($0) }),
    ]
  }
}
