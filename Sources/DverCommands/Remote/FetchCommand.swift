import ArgumentParser
import DverWorkspace

/// `dver fetch`: copies objects that the cache lacks from a remote.
struct FetchCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Copy what the cache lacks from a remote",
    discussion: """
      Hashes everything on arrival. Damaged objects are left out and named; the rest arrives.

      Examples:
        dver fetch
        dver fetch --all-branches data/images/train
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var transfer: TransferArguments

  @Flag(name: .shortAndLong, help: "Hash what the cache has, and replace what is damaged")
  var force = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = transfer.options
    options.force = force
    try TransferReport.print(verb: "Fetched", preposition: "from", on: console) {
      try workspace.fetch(transfer.selection.targetBytes, options: options)
    }
  }
}
