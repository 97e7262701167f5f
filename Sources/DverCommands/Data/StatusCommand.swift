import ArgumentParser
import DverCore
import DverWorkspace

/// `dver status`: what differs from what is recorded.
struct StatusCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what differs from what pointers and locks record",
    discussion: """
      Examples:
        dver status
        dver status -q || echo changed
        dver status -c
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .shortAndLong, help: "Compare the cache with a remote instead")
  var cloud = false

  @Option(name: .shortAndLong, help: "The remote to compare with (implies -c)")
  var remote: String?

  @Argument(help: "Tracked paths, pointers or stages (default: all)", completion: .file())
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    if cloud || remote != nil { return try compareWithRemote(workspace, console) }
    let status = try workspace.status(targets.map { Array($0.utf8) })
    if console.printsJSON {
      console.print(json: status.json)
    } else if !console.isQuiet {
      StatusReport(status).print(on: console)
    }
    if global.quiet, !status.isClean { throw ExitRequest(status: .changed) }
  }

  private func compareWithRemote(_ workspace: Workspace, _ console: Console) throws {
    var options = TransferOptions()
    options.remote = remote
    let states = try workspace.remoteStatus(targets.map { Array($0.utf8) }, options: options)
    if console.printsJSON {
      console.print(json: .object(states.map { (key: $0.path, value: .string($0.state.rawValue)) }))
    } else if !console.isQuiet {
      for (path, state) in states {
        let label = "\(state.rawValue):"
        console.print("\t" + label + String(repeating: " ", count: 20 - label.count) + path)
      }
      if states.isEmpty { console.print("Cache and remote are in sync.") }
    }
    if global.quiet, !states.isEmpty { throw ExitRequest(status: .changed) }
  }
}

/// The text of a status.
struct StatusReport {
  private let status: WorkspaceStatus

  init(_ status: WorkspaceStatus) { self.status = status }

  func print(on console: Console) {
    guard !status.isClean else { return console.print("Data and pipelines are up to date.") }
    for item in status.items {
      console.print("\(item.name):")
      for difference in item.differences { print(difference, on: console) }
    }
  }

  private func print(_ difference: WorkspaceStatus.Difference, on console: Console) {
    switch difference {
    case .dependencies(let states): print("changed deps", states, on: console)
    case .outputs(let states): print("changed outs", states, on: console)
    case .parameters(let files):
      console.print("\tchanged deps:")
      for file in files {
        console.print("\t\tparams of \(file.file):")
        for (key, state) in file.keys { console.print("\t\t\t\(padded(state)) \(key)") }
      }
    case .command: console.print("\tchanged command")
    case .alwaysRuns: console.print("\talways changed")
    }
  }

  private func print(
    _ title: String, _ states: [(path: String, state: WorkspaceStatus.PathState)],
    on console: Console
  ) {
    console.print("\t\(title):")
    for (path, state) in states { console.print("\t\t\(padded(state)) \(path)") }
  }

  private func padded(_ state: WorkspaceStatus.PathState) -> String {
    let text = state.rawValue + ":"
    return text + String(repeating: " ", count: max(0, 14 - text.count))
  }
}
