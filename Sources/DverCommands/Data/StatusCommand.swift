import ArgumentParser
import DverCore
import DverPipeline
import DverWorkspace

/// `dver status`: what differs from what is recorded.
struct StatusCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what differs from what pointers and locks record",
    discussion: """
      With -q it prints nothing: exit status 1 says that something differs. The options -a, -T, -A \
      and -j are for use with -c.

      Examples:
        dver status
        dver status -q || echo changed
        dver status --why train
        dver status -c
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(help: "Say why stages are stale, with old and new values")
  var why = false

  @Flag(name: .shortAndLong, help: "Compare the cache with a remote instead")
  var cloud = false

  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "The remote to compare with (implies -c)", completion: .remote)
  var remote: String?

  @OptionGroup var scope: TransferScope
  @OptionGroup var selection: TargetSelection

  var printsJSON: Bool { json.json }

  func validate() throws {
    if !cloud, remote == nil, !scope.isDefault {
      throw ValidationError("-a, -T, -A and -j are for use with -c")
    }
  }

  func run(in workspace: Workspace, console: Console) throws {
    if cloud || remote != nil { return try compareWithRemote(workspace, console) }
    let status: WorkspaceStatus
    do {
      status = try workspace.status(
        selection.targetBytes, recursive: selection.recursive,
        withDependencies: selection.withDependencies)
    } catch let error as IncompleteStatus {
      if !console.printsJSON, !console.isQuiet, !error.status.isClean {
        StatusReport(error.status, explains: why).print(on: console)
      }
      throw error
    }
    if console.printsJSON {
      console.print(json: why ? StatusReport(status, explains: true).explained : status.json)
    } else if !console.isQuiet {
      StatusReport(status, explains: why).print(on: console)
    }
    if global.quiet, !status.isClean { throw ExitRequest(status: .changed) }
  }

  private func compareWithRemote(_ workspace: Workspace, _ console: Console) throws {
    let states = try workspace.remoteStatus(
      selection.targetBytes, options: scope.options(remote: remote, selection: selection))
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
  private let explains: Bool

  init(_ status: WorkspaceStatus, explains: Bool) {
    self.status = status
    self.explains = explains
  }

  func print(on console: Console) {
    guard !status.isClean else { return console.print("Data and pipelines are up to date.") }
    for item in status.items {
      console.print("\(item.name):")
      if explains, !item.reasons.isEmpty {
        for reason in item.reasons { console.print("\t\(reason)") }
      } else {
        for difference in item.differences { print(difference, indent: "\t", on: console) }
      }
    }
  }

  /// Objects become headings with their members below, states stand before what they say.
  private func print(_ value: JSONValue, indent: String, on console: Console) {
    switch value {
    case .object(let members):
      for (key, member) in members {
        if case .string(let state) = member {
          let label = state + ":"
          let padding = String(repeating: " ", count: max(1, 14 - label.count))
          console.print("\(indent)\(label)\(padding)\(key)")
        } else {
          console.print("\(indent)\(key):")
          print(member, indent: indent + "\t", on: console)
        }
      }
    case .string(let text): console.print("\(indent)\(text)")
    default: console.print("\(indent)\(value.serialized)")
    }
  }

  /// `status --json --why`: each item with its reasons as sentences beside the states.
  var explained: JSONValue {
    .object(
      status.items.map { item in
        let reasons = JSONValue.array(item.reasons.map { .string($0.description) })
        return (
          key: item.name, value: .array(item.differences + [["why": reasons]])
        )
      })
  }
}
