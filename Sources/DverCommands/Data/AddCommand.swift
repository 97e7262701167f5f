import ArgumentParser
import DverCore
import DverWorkspace

/// `dver add`: tracks files and directories.
struct AddCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Track files and directories",
    discussion: """
      Puts their content into the cache, and writes a pointer file X.dver that git tracks. A path \
      inside of a tracked directory updates that directory.

      Examples:
        dver add data/images
        dver add --glob 'raw/*.csv'
        dver add data/images/cat.jpg
        dver add --to-remote -o data/raw /mnt/share/raw
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(help: "Take targets as patterns with *, ?, [..] and **")
  var glob = false

  @Flag(name: .customLong("no-commit"), help: "Leave the content out of the cache")
  var withoutStoring = false

  @Flag(name: .shortAndLong, help: "With -o: replace what is there")
  var force = false

  @Flag(name: .customLong("no-relink"), help: "Keep the file itself where links are configured")
  var withoutRelinking = false

  @Flag(help: "Put the content into a remote, not into the cache")
  var toRemote = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("With --to-remote: the remote (default: core.remote)", valueName: "name"),
    completion: .remote)
  var remote: String?

  @Option(
    name: [.short, .customLong("out")],
    help: ArgumentHelp(
      "Copy the target there, and track the copy; with --to-remote, track it there without a copy",
      valueName: "path"))
  var output: String?

  @Argument(help: "Files and directories to track", completion: .file())
  var targets: [String]

  var printsJSON: Bool { json.json }

  func validate() throws {
    if remote != nil, !toRemote { throw ValidationError("-r goes with --to-remote") }
    if output != nil, targets.count != 1 {
      throw ValidationError("-o takes a single target: add them one by one")
    }
    if toRemote, withoutStoring {
      throw ValidationError("--to-remote and --no-commit exclude each other")
    }
  }

  func run(in workspace: Workspace, console: Console) throws {
    var options = AddOptions()
    options.areGlobs = glob
    options.withoutStoring = withoutStoring
    options.force = force
    options.withoutRelinking = withoutRelinking
    options.output = output.map(\.pathBytes)
    options.toRemote = toRemote
    options.remote = remote
    let summary = try workspace.add(targets.map(\.pathBytes), options: options)
    if console.printsJSON { return console.print(json: Self.document(summary)) }
    for added in summary.paths {
      let size = ByteCount(added.record.size ?? 0)
      let files = added.record.fileCount.map { CountText.text($0, "file") + ", " } ?? ""
      let verb = added.isChanged ? "Added" : "Unchanged:"
      console.status("\(verb) \(workspace.displayed(added.path)) (\(files)\(size))")
    }
    if summary.newObjectCount > 0 {
      let place = toRemote ? "the remote" : "the cache"
      let objects = CountText.text(summary.newObjectCount, "object")
      console.status("\(ByteCount(summary.newByteCount)) new in \(place), \(objects)")
    }
  }

  private static func document(_ summary: AddSummary) -> JSONValue {
    .array(
      summary.paths.map { added in
        [
          "path": .path(added.path), "pointer": .path(added.pointer),
          "sha256": added.record.name.map { .string($0.description) } ?? .null,
          "size": .integer(added.record.size ?? 0),
          "nfiles": added.record.fileCount.map { .integer($0) } ?? .null,
          "changed": .bool(added.isChanged),
        ]
      })
  }
}
