import ArgumentParser
import DverCore
import DverFileSystem
import DverParallel
import DverWorkspace

/// `dver config`: shows and changes options.
struct ConfigCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Show and change options",
    discussion: """
      Options are set for the machine, the user, the project or this workspace; later ones in this \
      list override earlier ones. '-' and '_' in names are the same.

      Examples:
        dver config cache.type hardlink,copy
        dver config --global core.lock_timeout 300
        dver config --list --show-origin
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Flag(name: .shortAndLong, help: "Remove the option")
  var unset = false

  @Flag(name: .shortAndLong, help: "Show all options that are set")
  var list = false

  @Flag(help: "Show which file says so")
  var showOrigin = false

  @Argument(help: "SECTION.OPTION, such as cache.type")
  var name: String?

  @Argument(help: "The new value (default: show the present one)")
  var value: String?

  var printsJSON: Bool { json.json }

  func validate() throws {
    if list, name != nil || unset { throw ValidationError("--list takes no option's name") }
    if !list, name == nil { throw ValidationError("name an option, or use --list") }
    if unset, value != nil { throw ValidationError("--unset takes no value") }
    if showOrigin, unset || value != nil {
      throw ValidationError("--show-origin only goes with showing")
    }
  }

  func openWorkspace(
    progress: Progress, cancellation: Cancellation, console: Console
  ) throws -> Workspace {
    let workspace = try Workspace.open(
      from: currentFolder(), progress: progress, cancellation: cancellation,
      notices: console.notices)
    workspace.allowWrongConfiguration()
    return workspace
  }

  func run(in workspace: Workspace, console: Console) throws {
    guard let name else {
      return show(try workspace.configurationItems(level: levels.level), on: console)
    }
    if unset { return try workspace.unsetOption(name, level: levels.level ?? .project) }
    if let value {
      return try workspace.setOption(
        name, to: value.argumentBytes, level: levels.level ?? .project)
    }
    let item = try workspace.configurationItem(name, level: levels.level)
    if console.printsJSON { return console.print(json: Self.document(item)) }
    console.print(showOrigin ? "\(item.file)\t\(item.value)" : item.value)
  }

  private func show(_ items: [ConfigurationItem], on console: Console) {
    if console.printsJSON { return console.print(json: .array(items.map(Self.document))) }
    for item in items {
      console.print((showOrigin ? "\(item.file)\t" : "") + "\(item.name)=\(item.value)")
    }
  }

  private static func document(_ item: ConfigurationItem) -> JSONValue {
    ["name": .string(item.name), "value": .string(item.value), "file": .path(item.file.bytes)]
  }
}
