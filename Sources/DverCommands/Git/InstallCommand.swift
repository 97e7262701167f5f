import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver install`: makes git call dver.
struct InstallCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install git hooks and a merge driver",
    discussion: """
      After 'git checkout' the data is checked out too, 'git commit' refuses manifests that do not \
      match their pointers and tells what data is not as recorded, and before 'git push' the data \
      of its commits is pushed. Hooks of others are kept.

      Examples:
        dver install
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let summary = try workspace.install()
    if console.printsJSON {
      return console.print(json: [
        "hooks": .array(summary.hooks.map { .string($0) }),
        "folder": .path(summary.hooksFolder.bytes), "merge_driver": "dver",
      ])
    }
    console.status("Installed \(summary.hooks.joined(separator: ", ")) in \(summary.hooksFolder)")
    console.status("Installed the merge driver 'dver'")
  }
}
