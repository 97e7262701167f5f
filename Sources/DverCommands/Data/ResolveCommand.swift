import ArgumentParser
import DverCore
import DverWorkspace

/// `dver resolve`: merges what git left in conflict.
struct ResolveCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Merge pointers, manifests and locks that git left in conflict",
    discussion: """
      For after 'git merge', 'git rebase', 'git cherry-pick' or 'git stash pop': directories are \
      merged entry by entry, locks stage by stage, and the result is staged. Lists what both sides \
      changed differently, and exits with 1 if something is left; --ours or --theirs decides it, \
      for all or for the targets. Data stays as it is: 'dver checkout' brings it up to date.

      Examples:
        git merge feature || dver resolve && git commit
        dver resolve --theirs data/images/cat.jpg
        dver resolve --ours
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(help: "Take our version of what both sides changed (in a rebase: that of the new base)")
  var ours = false

  @Flag(help: "Take their version of what both sides changed (in a rebase: that of your commit)")
  var theirs = false

  @Argument(
    help: "Pointers, tracked paths or parts of them, stages, locks (default: all in conflict)",
    completion: .target)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if ours, theirs { throw ValidationError("--ours and --theirs exclude each other") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    let side: ResolveSide? = ours ? .ours : theirs ? .theirs : nil
    let summary = try workspace.resolve(targets.map(\.pathBytes), side: side)
    if console.printsJSON {
      console.print(json: Self.json(summary))
    } else {
      show(summary, workspace, console)
    }
    if !summary.conflicts.isEmpty { throw ExitRequest(status: .changed) }
  }

  private func show(_ summary: ResolveSummary, _ workspace: Workspace, _ console: Console) {
    for path in summary.resolved { console.print("resolved: \(workspace.shown(path.bytes))") }
    for path in summary.mended {
      console.print("manifest written anew: \(workspace.shown(path.bytes))")
    }
    for conflict in summary.conflicts {
      let file = workspace.shown(conflict.file.bytes)
      let subject =
        switch conflict.subject {
        case .data(let path): workspace.shown(path.bytes)
        case .stage(let name): "stage '\(name)'"
        case .file: "other fields"
        }
      let why = conflict.reason.map { " (\($0))" } ?? ""
      console.print(
        "conflict in \(file): \(subject): \(conflict.ours) by us, \(conflict.theirs) by them\(why)")
    }
    if summary.isEmpty { console.status("Nothing of dver is in conflict") }
    if !summary.conflicts.isEmpty {
      console.status(
        "hint: decide with 'dver resolve --ours' or '--theirs', for all or for targets")
    } else if !summary.resolved.isEmpty {
      console.status("Run 'dver checkout' to bring the data up to date")
    }
  }

  private static func json(_ summary: ResolveSummary) -> JSONValue {
    func list(_ paths: [RepositoryPath]) -> JSONValue { .array(paths.map { .path($0) }) }
    let conflicts = summary.conflicts.map { conflict -> JSONValue in
      var (path, stage): (JSONValue, JSONValue) = (.null, .null)
      switch conflict.subject {
      case .data(let data): path = .path(data)
      case .stage(let name): stage = .string(name)
      case .file: break
      }
      return [
        "file": .path(conflict.file), "path": path, "stage": stage,
        "ours": .string(conflict.ours), "theirs": .string(conflict.theirs),
        "reason": conflict.reason.map { .string($0) } ?? .null,
      ]
    }
    return [
      "resolved": list(summary.resolved), "mended": list(summary.mended),
      "conflicts": .array(conflicts),
    ]
  }
}
