import ArgumentParser
import DverCore
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
    do {
      let summaries = try workspace.fetch(transfer.selection.targetBytes, options: options)
      report(summaries).print(on: console)
    } catch let error as IncompleteTransfer {
      if !console.printsJSON { report(error.summaries).print(on: console) }
      throw error
    }
  }

  private func report(_ summaries: [TransferSummary]) -> TransferReport {
    TransferReport(verb: "Fetched", preposition: "from", summaries: summaries)
  }
}
