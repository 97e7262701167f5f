import ArgumentParser
import DverCore
import DverWorkspace

/// `dver unprotect`: makes linked data writable.
struct UnprotectCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "unprotect",
    abstract: "Replace links into the cache by files that may be written",
    discussion: """
      Only needed where cache.type asks for hardlinks or symlinks; other files are left alone.

      Examples:
        dver unprotect data/table.csv
        dver unprotect data/images/cats
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Argument(help: "Tracked paths, pointers or stages", completion: .target)
  var targets: [String]

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let paths = try workspace.unprotect(targets.map(\.pathBytes))
    if console.printsJSON {
      return console.print(json: ["unprotected": .array(paths.map { .path($0) })])
    }
    console.status("\(CountText.text(paths.count, "file")) unprotected")
  }
}
