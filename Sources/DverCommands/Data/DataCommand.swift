import ArgumentParser
import DverCore
import DverWorkspace

/// `dver data`: questions about tracked data.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show the state of tracked data",
    subcommands: [DataStatusCommand.self])
}

/// `dver data status`: what is committed, what is not, and what is lacking.
struct DataStatusCommand: WorkspaceCommand {
  enum UntrackedFiles: String, ExpressibleByArgument, CaseIterable {
    case no, all
  }

  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show changes between HEAD, the pointers and the workspace",
    discussion: """
      Committed changes are those of the workspace's pointers and locks against HEAD; uncommitted \
      changes are those of the data itself against pointers and locks.

      Examples:
        dver data status --granular
        dver data status --untracked-files --unchanged --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(help: "List the members of tracked directories")
  var granular = false

  @Option(defaultAsFlag: .all, help: "List files that neither git nor dver tracks: no or all")
  var untrackedFiles: UntrackedFiles?

  @Flag(help: "List what has not changed")
  var unchanged = false

  @Flag(help: "List what the remote lacks")
  var notInRemote = false

  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "The remote to look at (implies --not-in-remote)", completion: .remote)
  var remote: String?

  @Flag(help: "Accepted: the remote is asked each time")
  var noRemoteRefresh = false

  @Argument(help: "Tracked paths, pointers or stages (default: all)", completion: .target)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = DataStatusOptions()
    options.targets = targets.map(\.pathBytes)
    options.isGranular = granular
    options.showsUntracked = untrackedFiles == .all
    options.showsUnchanged = unchanged
    options.showsNotInRemote = notInRemote || remote != nil
    options.remote = remote
    let status = try workspace.dataStatus(options)
    if console.printsJSON {
      console.print(json: status.json)
    } else {
      DataStatusReport(status) { workspace.shown($0) }.print(on: console)
    }
  }
}

/// The text of a data status.
struct DataStatusReport {
  private let status: DataStatus
  private let shown: ([UInt8]) -> String

  /// - Parameter shown: How the user is told a path of the workspace.
  init(_ status: DataStatus, shown: @escaping ([UInt8]) -> String) {
    self.status = status
    self.shown = shown
  }

  func print(on console: Console) {
    let sections: [(title: String, hints: [String], color: Console.Color?, lines: [String])] = [
      (
        "Not in cache", ["use 'dver fetch FILE...' to bring it back"], .red,
        status.notInCache.map(shown)
      ),
      (
        "Not in remote", ["use 'dver push FILE...' to upload it"], .red,
        (status.notInRemote ?? []).map(shown)
      ),
      (
        "Committed changes", ["'git commit' the pointers and locks to record them"], .green,
        lines(status.committed)
      ),
      (
        "Uncommitted changes",
        [
          "use 'dver commit FILE...' or 'dver add FILE...' to record them",
          "use 'dver checkout FILE...' to discard them",
        ], .yellow, lines(status.uncommitted)
      ),
      (
        "Untracked files",
        ["use 'git add FILE...' or 'dver add FILE...' to track them"], .cyan,
        (status.untracked ?? []).map(shown)
      ),
      ("Unchanged files", [], nil, (status.unchanged ?? []).map(shown)),
    ]
    let filled = sections.filter { !$0.lines.isEmpty }
    if filled.isEmpty { console.print("No changes.") }
    for (index, section) in filled.enumerated() {
      if index > 0 { console.print("") }
      console.print("\(section.title):")
      for hint in section.hints { console.print("  (\(hint))") }
      for line in section.lines {
        console.print(
          styled: "        " + (section.color.map { console.colored(line, $0) } ?? line))
      }
    }
  }

  private func lines(_ changes: DataChanges) -> [String] {
    [DataChanges.Kind.added, .modified, .deleted, .renamed].flatMap { kind in
      changes.items(kind).map { item in
        let path = item.oldPath.map { "\(shown($0)) -> \(shown(item.path))" } ?? shown(item.path)
        return "\(kind.rawValue): \(path)"
      }
    }
  }
}
