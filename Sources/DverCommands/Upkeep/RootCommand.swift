import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver root`: where the workspace is.
struct RootCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "root",
    abstract: "Print the way from the current folder to the workspace's root",
    discussion: """
      Examples:
        cd "$(dver root)"
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let path = workspace.rootFromCurrent
    if console.printsJSON {
      return console.print(json: ["root": .path(path), "path": .path(workspace.root.bytes)])
    }
    console.write(path + [UInt8(ascii: "\n")])
  }
}
