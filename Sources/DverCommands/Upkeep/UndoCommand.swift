import ArgumentParser
import DverCore
import DverWorkspace

/// `dver undo`: takes back what commands did.
struct UndoCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back what the last command did",
    discussion: """
      Brings back files kept in git and data as they were, for every command that changes them; \
      called again it goes further back. Refuses, with nothing changed, where something is no longer \
      as the command left it. With --to things become as they were after that operation, so going \
      to one before an undo repeats what was taken back.

      Examples:
        dver undo --dry
        dver op log
        dver undo --to 12
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(
    help: ArgumentHelp(
      "Go to where things were after this operation (0: before the first)", valueName: "op"))
  var to: String?

  @Flag(help: "Say what would be done, and do nothing")
  var dry = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let summary = try workspace.undo(to: to, isDry: dry)
    if console.printsJSON {
      func list(_ isRedo: Bool) -> JSONValue {
        .array(
          summary.steps.filter { $0.isRedo == isRedo }.map { step in
            [
              "op": .integer(Int64(step.number)), "command": .string(step.command),
              "paths": .array(step.paths.map { .path($0) }),
            ]
          })
      }
      return console.print(json: ["undone": list(false), "redone": list(true), "dry": .bool(dry)])
    }
    for step in summary.steps {
      let word = step.isRedo ? dry ? "Would repeat" : "Repeated" : dry ? "Would undo" : "Undid"
      console.print("\(word) \(step.number): \(step.command)")
      if dry {
        for path in step.paths { console.print("  \(workspace.shown(path.bytes))") }
      }
    }
    if summary.steps.isEmpty { console.status("Everything is as it was then") }
  }
}
