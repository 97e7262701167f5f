import ArgumentParser
import DverWorkspace

/// `dver push`: copies objects that a remote lacks to that remote.
struct PushCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Copy what a remote lacks to that remote",
    discussion: """
      Looks at what the remote really has, object by object, and replaces what has the wrong size. \
      When it ends, everything is on the remote's stable storage.

      Examples:
        dver push
        dver push -r backup data/images
        dver push --all-tags
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var transfer: TransferArguments

  @Flag(name: .shortAndLong, help: "Hash what the remote has, and replace what is damaged")
  var force = false

  @Flag(help: "Take targets as patterns with *, ?, [..] and **")
  var glob = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = transfer.options
    options.force = force
    options.areGlobs = glob
    try TransferReport.print(verb: "Pushed", preposition: "to", on: console) {
      try workspace.push(transfer.selection.targetBytes, options: options)
    }
  }
}
