import ArgumentParser
import DverCore
import DverWorkspace

/// `dver du`: how many bytes of data are tracked.
struct DiskUsageCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "du",
    abstract: "Show how many bytes of data are tracked",
    discussion: """
      Adds up recorded sizes, whether or not the data is in the workspace: of what is in each path, \
      then of the path itself.

      Examples:
        dver du
        dver du -s data models
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .shortAndLong, help: "Print the sum of each path only")
  var summarize = false

  @Argument(
    help: "Folders or tracked paths (default: the current folder)", completion: .trackedPath)
  var paths: [String] = []

  var printsJSON: Bool { json.json }

  var bareAccess: BareAccess { .allowed(revision: nil) }

  func run(in workspace: Workspace, console: Console) throws {
    let arguments = paths.isEmpty ? ["."] : paths
    let usage = try workspace.diskUsage(
      arguments.map(\.pathBytes), onlySums: summarize)
    if console.printsJSON { return console.print(json: usage.json) }
    var lines = usage.items.map {
      (size: ByteCount($0.byteCount).description, name: workspace.shown($0.path.bytes))
    }
    if arguments.count > 1 { lines.append((ByteCount(usage.total).description, "total")) }
    let width = lines.map(\.size.count).max() ?? 0
    for (size, name) in lines {
      console.print(size + String(repeating: " ", count: width - size.count) + "  " + name)
    }
  }
}
