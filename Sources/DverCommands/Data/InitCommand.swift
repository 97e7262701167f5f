import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver init`: makes the current folder a workspace.
struct InitCommand: DverCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make the current folder a dver workspace",
    discussion: """
      Examples:
        dver init             at the root of a git repository
        dver init --subdir    in a folder below it
        dver init --no-scm    without git
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .customLong("no-scm"), help: "Do without git")
  var withoutGit = false

  @Flag(name: .customLong("subdir"), help: "Allow a folder below the root of the repository")
  var isSubdirectory = false

  @Flag(name: .shortAndLong, help: "Write the files of an existing workspace anew")
  var force = false

  var printsJSON: Bool { json.json }

  func run(console: Console) throws {
    var options = InitOptions()
    options.withoutGit = withoutGit
    options.isSubdirectory = isSubdirectory
    options.force = force
    let workspace = try Workspace.create(
      at: currentFolder(), options: options, notices: console.notices)
    if console.printsJSON { return console.print(json: ["root": .path(workspace.root.bytes)]) }
    console.status("Initialized a dver workspace in \(workspace.root)")
    if !withoutGit { console.status("Its files are staged: run 'git commit' to keep them") }
  }
}
