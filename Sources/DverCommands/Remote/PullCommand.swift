import ArgumentParser
import DverCore
import DverWorkspace

/// `dver pull`: fetches, then checks out.
struct PullCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch from a remote, and make the workspace hold what was fetched",
    discussion: """
      The same as 'dver fetch' and 'dver checkout'. What cannot be had is named; the rest is done.

      Examples:
        git pull && dver pull
        dver pull data/images/train
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var transfer: TransferArguments

  @Flag(name: .shortAndLong, help: "Overwrite and remove content that is in no cache")
  var force = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var checkout = CheckoutOptions()
    checkout.force = force
    checkout.recursive = transfer.selection.recursive
    checkout.withDependencies = transfer.selection.withDependencies
    checkout.allowMissing = transfer.allowMissing
    do {
      let summary = try workspace.pull(
        transfer.selection.targetBytes, options: transfer.options, checkout: checkout)
      report(summary, of: workspace, on: console)
    } catch let error as IncompletePull {
      if !console.printsJSON { report(error.summary, of: workspace, on: console) }
      throw error
    }
  }

  private func report(_ summary: PullSummary, of workspace: Workspace, on console: Console) {
    let fetched = TransferReport(
      verb: "Fetched", preposition: "from", summaries: summary.transfers)
    let placed = CheckoutReport(
      summary.checkout, onlyCounts: false, shown: workspace.displayed)
    if console.printsJSON {
      return console.print(json: ["fetched": fetched.json, "checkout": placed.json])
    }
    fetched.print(on: console)
    placed.print(on: console)
  }
}
