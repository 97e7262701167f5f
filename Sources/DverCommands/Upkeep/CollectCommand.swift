import ArgumentParser
import DverCore
import DverWorkspace

/// `dver gc`: takes objects out of stores that nothing needs.
struct CollectCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Move objects to the trash that no chosen version needs",
    discussion: """
      Keeps what the workspace, the index and HEAD of every work tree need, stashes and unfinished \
      merges, and what the options add; all else goes to the trash of the cache, from where whoever \
      needs it brings it back. --empty-trash deletes for good. Refuses where something in scope \
      cannot be read.

      Examples:
        dver gc -w --dry
        dver gc --all-branches --all-tags
        dver gc -A -c -r shared
        dver gc --empty-trash
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var scope: CollectArguments

  @Flag(name: .shortAndLong, help: "Do not ask")
  var force = false

  @Flag(help: "Say what would be done, and do nothing")
  var dry = false

  @Flag(
    name: .shortAndLong,
    help: "Collect in the default remote and those that outputs name, too, or in that of -r")
  var cloud = false

  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "The only remote for -c, or the one for --not-in-remote (default: the configured one)",
    completion: .remote)
  var remote: String?

  @Flag(help: "Delete what is in the trash and was not needed since")
  var emptyTrash = false

  @Flag(help: "Bring small objects together in packs, and compress them")
  var repack = false

  @Option(help: ArgumentHelp("Keep nothing more on behalf of a project", valueName: "project"))
  var forget: String?

  var printsJSON: Bool { json.json }

  func validate() throws {
    let tasks = [emptyTrash, repack, forget != nil].count(where: \.self)
    guard tasks <= 1 else {
      throw ValidationError("--empty-trash, --repack and --forget are tasks of their own")
    }
    guard tasks == 0 || scope.isEmpty && !scope.notInRemote else {
      throw ValidationError("--empty-trash, --repack and --forget take no versions")
    }
    guard tasks == 1 || !scope.isEmpty else {
      throw ValidationError(
        "say which versions to keep: -w, -a, -T, -A, --rev, --num, --date or --all-experiments")
    }
    if remote != nil, !cloud, !scope.notInRemote {
      throw ValidationError("-r names the remote of -c or --not-in-remote")
    }
  }

  func run(in workspace: Workspace, console: Console) throws {
    if emptyTrash { return try empty(workspace, console) }
    if repack { return try repack(workspace, console) }
    if let forget { return try self.forget(forget, workspace, console) }
    var options = CollectOptions()
    options.scope = try scope.scope(notInRemote: workspace.nameOfRemote(remote))
    (options.cloud, options.remote, options.isDry) = (cloud, remote, dry)
    let plan = try workspace.planCollection(options)
    let report = CollectReport(plan, isDry: dry)
    if dry { return report.print(plan.summaries, on: console) }
    if plan.count > 0 {
      let question =
        "\(CollectReport.amount(plan.count, plan.byteCount)) would go to the trash"
      try confirm(question, console)
    }
    report.print(try workspace.carryOut(plan), on: console)
  }

  private func confirm(_ text: String, _ console: Console) throws {
    guard !force, !console.confirms("\(text). Go on?") else { return }
    throw CollectError.notConfirmed(text)
  }

  // MARK: Tasks without a scope

  private func empty(_ workspace: Workspace, _ console: Console) throws {
    let before = try workspace.emptyTrash(cloud: cloud, remote: remote, isDry: true)
    let (count, byteCount) = before.reduce((0, Int64(0))) {
      ($0.0 + $1.waiting.count, $0.1 + $1.waiting.byteCount)
    }
    if !dry, count > 0 {
      let files = CountText.text(count, "file")
      try confirm("the trash holds \(files), \(ByteCount(byteCount)), and will be gone", console)
    }
    let summaries =
      dry ? before : try workspace.emptyTrash(cloud: cloud, remote: remote, isDry: false)
    EmptyReport(summaries, isDry: dry).print(on: console)
  }

  private func repack(_ workspace: Workspace, _ console: Console) throws {
    let summaries = try workspace.repack(cloud: cloud, remote: remote, isDry: dry)
    if console.printsJSON {
      return console.print(json: [
        "dry": .bool(dry),
        "places": .array(
          summaries.map { summary in
            [
              "place": .string(summary.place), "packs": .integer(Int64(summary.packCount)),
              "loose": .integer(Int64(summary.looseCount)),
              "new packs": .integer(Int64(summary.newPackCount)),
              "bytes before": .integer(summary.oldByteCount),
              "bytes after": .integer(summary.newByteCount),
            ]
          }),
      ])
    }
    for summary in summaries {
      guard summary.packCount + summary.looseCount > 0 else {
        console.status("There is nothing to repack in \(summary.place)")
        continue
      }
      let what = "\(summary.looseCount) loose objects and \(summary.packCount) packs"
      let old = ByteCount(summary.oldByteCount)
      console.print(
        dry
          ? "Would repack \(what) of \(summary.place), \(old)"
          : "Repacked \(what) of \(summary.place) into \(summary.newPackCount): "
            + "\(old) became \(ByteCount(summary.newByteCount))")
    }
  }

  private func forget(_ project: String, _ workspace: Workspace, _ console: Console) throws {
    if !dry { try confirm("what only project \(project) needs will no longer be kept", console) }
    let found = try workspace.forgetProject(
      project, cloud: cloud, remote: remote, isDry: dry)
    if console.printsJSON {
      return console.print(json: [
        "dry": .bool(dry),
        "forgotten": .array(
          found.map {
            ["place": .string($0.place), "lists": .integer(Int64($0.count))]
          }),
      ])
    }
    for item in found {
      let lists = CountText.text(item.count, "list")
      if dry {
        console.status("Would forget \(lists) in \(item.place)")
      } else {
        console.print("Forgot \(lists) in \(item.place)")
      }
    }
  }
}
