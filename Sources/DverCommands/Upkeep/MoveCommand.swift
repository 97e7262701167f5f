import ArgumentParser
import DverCore
import DverWorkspace

/// `dver move`: gives tracked data another place.
struct MoveCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract: "Rename tracked data, or move it to another folder",
    discussion: """
      The pointer, the manifest and the line in .gitignore move along. Never overwrites anything.

      Examples:
        dver move data/old.csv data/new.csv
        dver move images.dver archive/
      """,
    aliases: ["mv"])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Argument(
    help: ArgumentHelp("Tracked path or its pointer", valueName: "src"), completion: .trackedPath)
  var source: String

  @Argument(
    help: ArgumentHelp("New name, or a folder to move it into", valueName: "dst"),
    completion: .file())
  var destination: String

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let moved = try workspace.move(source.pathBytes, to: destination.pathBytes)
    if console.printsJSON {
      return console.print(json: [
        "old": .path(moved.source), "new": .path(moved.target), "pointer": .path(moved.pointer),
      ])
    }
    let (source, target) = (workspace.displayed(moved.source), workspace.displayed(moved.target))
    console.status("Moved \(source) to \(target)")
  }
}
