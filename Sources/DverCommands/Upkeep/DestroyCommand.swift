import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver destroy`: takes dver out of a workspace.
struct DestroyCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy",
    abstract: "Remove .dver, all pointers and pipelines; the data in place stays",
    discussion: """
      Links into the cache become files of their own first. Other versions of the data go with the \
      cache, unless it lies elsewhere; where others use that cache too, nothing is done. Asks before \
      it begins; without a terminal it needs -f.

      Examples:
        dver destroy -f
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .shortAndLong, help: "Do not ask")
  var force = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    if !force {
      let warning = try workspace.destructionWarning()
      guard console.confirms("\(warning). Destroy it?") else {
        throw WorkspaceError.failed(
          "nothing was destroyed: \(warning)", hint: "use 'dver destroy -f' if you mean it")
      }
    }
    try workspace.destroy()
    if console.printsJSON { return console.print(json: ["root": .path(workspace.root.bytes)]) }
    console.status("Removed dver from \(workspace.root); data and .gitignore stay")
  }
}
