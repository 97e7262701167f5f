import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver cache`: the cache's place.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Show or choose where the cache is",
    subcommands: [CacheDirectoryCommand.self])
}

/// `dver cache dir`: shows or sets `cache.dir`.
struct CacheDirectoryCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "dir",
    abstract: "Show or set the folder of the cache",
    discussion: """
      Objects in the old folder stay there: copy them, or let 'dver pull' bring them again.

      Examples:
        dver cache dir
        dver cache dir --local /scratch/dver-cache
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Flag(name: .shortAndLong, help: "Go back to the default")
  var unset = false

  @Argument(help: "The new folder (default: show the present one)", completion: .directory)
  var path: String?

  var printsJSON: Bool { json.json }

  func validate() throws {
    if unset, path != nil { throw ValidationError("--unset takes no path") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    if unset || path != nil {
      return try workspace.setCacheFolder(path?.pathBytes, level: levels.level ?? .project)
    }
    let folder = try workspace.cacheFolder()
    if console.printsJSON { return console.print(json: ["path": .path(folder.bytes)]) }
    console.print("\(folder)")
  }
}
