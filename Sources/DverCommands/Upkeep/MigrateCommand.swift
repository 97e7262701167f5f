import ArgumentParser
import DverCore
import DverFileSystem
import DverParallel
import DverWorkspace

/// `dver migrate`: converts a project of DVC.
struct MigrateCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Convert a DVC project",
    discussion: """
      Makes dver track what DVC tracks in the present folder, or makes a copy of a project there. \
      Data is taken from DVC's cache, from the workspace and from remotes that are folders; each \
      object must still have the MD5 that names it. A remote of DVC gets a folder 'dver' inside.

      Examples:
        dver migrate
        dver migrate --from ../project
        dver migrate --remove-dvc
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(
    help: ArgumentHelp("The project to make a copy of here", valueName: "dir"),
    completion: .directory)
  var from: String?

  @Flag(help: "Keep the files of DVC: always so in the project itself, on request in a copy")
  var keep = false

  @Flag(
    name: .customLong("remove-dvc"),
    help: "Remove the files of DVC, and the objects of its cache that were taken over")
  var removesDVC = false

  var printsJSON: Bool { json.json }

  func validate() throws {
    if keep, removesDVC { throw ValidationError("--keep and --remove-dvc exclude each other") }
    if from != nil, removesDVC {
      throw ValidationError("--remove-dvc is for a project that is converted where it is")
    }
  }

  func openWorkspace(
    progress: Progress, cancellation: Cancellation, console: Console
  ) throws -> Workspace {
    let folder = try currentFolder()
    return try Workspace.forMigration(
      at: folder, options: options(in: folder), progress: progress, cancellation: cancellation,
      notices: console.notices)
  }

  func run(in workspace: Workspace, console: Console) throws {
    report(try workspace.migrate(options(in: currentFolder())), on: console)
  }

  private func options(in folder: AbsolutePath) -> MigrateOptions {
    var options = MigrateOptions()
    options.source = from.map { AbsolutePath($0.pathBytes, relativeTo: folder) }
    options.keepsFiles = keep
    options.removesDVC = removesDVC
    return options
  }

  private func report(_ summary: MigrateSummary, on console: Console) {
    for remote in summary.leftRemotes {
      console.warning("remote \(remote) is no folder, and was left out")
    }
    for stage in summary.forgottenStages {
      console.warning("stage '\(stage)' will run again: not all of its outputs were found")
    }
    if console.printsJSON {
      return console.print(json: [
        "pointers": .array(summary.pointers.map { .path($0.bytes) }),
        "stages": .array(summary.stages.map { .string($0) }),
        "forgotten_stages": .array(summary.forgottenStages.map { .string($0) }),
        "objects": .integer(Int64(summary.objectCount)),
        "bytes": .integer(Int64(summary.byteCount)),
        "remotes": .object(summary.remotes.map { ($0.name, .path($0.folder.bytes)) }),
      ])
    }
    for remote in summary.remotes {
      console.status("Remote '\(remote.name)' is \(remote.folder): 'dver push' fills it")
    }
    let counts = [
      CountText.text(summary.pointers.count, "pointer"),
      CountText.text(summary.stages.count, "stage"), CountText.text(summary.objectCount, "object"),
    ]
    console.status("Converted \(counts.joined(separator: ", ")); 'dver status' shows what changed")
  }
}
