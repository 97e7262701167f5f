import ArgumentParser
import DverCore
import DverWorkspace

/// `dver remove`: stops tracking.
struct RemoveCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Stop tracking data, or remove stages",
    discussion: """
      The data stays in the workspace unless --outs is given; then it goes only if its content is in \
      the cache or in git. The cache keeps its copy.

      Examples:
        dver remove data/old.csv
        dver remove --outs images.dver
        dver remove prepare
      """,
    aliases: ["rm"])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .customLong("outs"), help: "Delete the data from the workspace too")
  var withData = false

  @Flag(name: .shortAndLong, help: "With --outs: delete data that is in no cache")
  var force = false

  @Argument(help: "Pointers, tracked paths or stages", completion: .target)
  var targets: [String]

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = RemoveOptions()
    options.withData = withData
    options.force = force
    let summary = try workspace.remove(targets.map(\.pathBytes), options: options)
    if console.printsJSON {
      return console.print(json: [
        "removed": .array(summary.origins.map { .string($0) }),
        "paths": .array(summary.paths.map { .path($0) }),
      ])
    }
    for origin in summary.origins { console.status("Removed \(origin)") }
  }
}
