import ArgumentParser
import DverCore
import DverWorkspace

/// `dver repair`: brings back what is damaged or missing.
struct RepairCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Replace damaged and missing objects by sound copies",
    discussion: """
      Looks at the objects as 'dver verify' does, and takes sound copies from the workspace, the \
      trash, git, the cache and all remotes. Manifests under .dver that are not those of their \
      pointers are written anew.

      Examples:
        dver repair
        dver repair data/images
        dver repair -r shared
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "Repair this remote instead of the cache", completion: .remote)
  var remote: String?

  @Argument(
    help: "Tracked paths, pointers or stages (default: all objects)", completion: .target)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let summary = try workspace.repair(targets.map(\.pathBytes), remote: remote)
    if console.printsJSON {
      console.print(json: Self.document(summary))
    } else {
      Self.print(summary, on: console)
    }
    if !summary.isComplete { throw ExitRequest(status: .damaged) }
  }

  private static func print(_ summary: RepairSummary, on console: Console) {
    for repair in summary.repaired {
      console.print("repaired\t\(repair.digest)\t\(list(repair.paths))\t\(repair.source)")
    }
    for finding in summary.lost { console.print("lost\t\(finding.digest)\t\(list(finding.paths))") }
    for path in summary.manifests { console.print("manifest\t\(path)") }
    for path in summary.lostManifests { console.print("lost manifest\t\(path)") }
    let objects = CountText.text(summary.objectCount, "object")
    console.status(
      "Looked at \(objects) of \(summary.place), and repaired \(summary.repaired.count)")
    if !summary.isComplete {
      console.status("Of what is lost there is no sound copy: run 'dver add' where the data is")
    }
  }

  private static func list(_ paths: [RepositoryPath]) -> String {
    paths.isEmpty ? "no tracked path" : paths.map { "\($0)" }.joined(separator: ", ")
  }

  private static func document(_ summary: RepairSummary) -> JSONValue {
    func paths(_ paths: [RepositoryPath]) -> JSONValue { .array(paths.map { .path($0) }) }
    return [
      "place": .string(summary.place), "objects": .integer(Int64(summary.objectCount)),
      "repaired": .array(
        summary.repaired.map {
          [
            "sha256": .string($0.digest.hex), "paths": paths($0.paths), "from": .string($0.source),
          ]
        }),
      "lost": .array(
        summary.lost.map { ["sha256": .string($0.digest.hex), "paths": paths($0.paths)] }),
      "manifests": paths(summary.manifests), "lost manifests": paths(summary.lostManifests),
    ]
  }
}
