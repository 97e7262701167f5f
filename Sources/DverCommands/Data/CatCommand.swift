import ArgumentParser
import DverCore
import DverWorkspace

/// `dver cat`: the content of a file.
struct CatCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "cat",
    abstract: "Print the content of a tracked file",
    discussion: """
      Takes the recorded content from the cache, from the workspace if that holds it, or from git, \
      and checks it before the first byte is printed. Files of git can be printed too.

      Examples:
        dver cat data/images/labels.csv
        dver cat data/train.csv@v1.0 | head
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: "A path, with @ and a revision behind it to print that version",
    completion: .versionedPath)
  var path: String

  var bareAccess: BareAccess {
    .allowed(revision: path.lastIndex(of: "@").map { String(path[path.index(after: $0)...]) })
  }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.cat(path.pathBytes) { try console.stream($0) }
  }
}
