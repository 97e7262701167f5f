import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver remote`: where data is shared.
struct RemoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remote",
    abstract: "Manage the folders that data is pushed to and fetched from",
    subcommands: [
      RemoteAddCommand.self, RemoteListCommand.self, RemoteRemoveCommand.self,
      RemoteRenameCommand.self, RemoteModifyCommand.self, RemoteDefaultCommand.self,
    ])
}

/// `dver remote add`: names a folder.
struct RemoteAddCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a remote",
    discussion: """
      A relative path counts from the current directory. The folder is made by the first push.

      Examples:
        dver remote add -d shared /mnt/team/dver
        dver remote add --local scratch ../scratch
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Flag(name: [.customShort("d"), .customLong("default")], help: "Make it the default remote")
  var isDefault = false

  @Flag(name: .shortAndLong, help: "Replace a remote of this name")
  var force = false

  @Argument(help: "The new remote's name")
  var name: String

  @Argument(help: "Its folder, which may be on a mounted share", completion: .directory)
  var path: String

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.addRemote(
      name, path: path.pathBytes, isDefault: isDefault, force: force,
      level: levels.level ?? .project)
    if isDefault { console.status("'\(name)' is the default remote.") }
  }
}

/// `dver remote list`: the remotes that are configured.
struct RemoteListCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the remotes",
    discussion: """
      Examples:
        dver remote list
        dver remote list --local --json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let remotes = try workspace.remotes().filter {
      levels.level == nil || levels.level == $0.level
    }
    if console.printsJSON {
      return console.print(
        json: .array(
          remotes.map { remote in
            [
              "name": .string(remote.name),
              "path": remote.unsupportedURL.map { .string($0) } ?? .path(remote.path.bytes),
              "default": .bool(remote.isDefault),
              "id": remote.storeID.map { .string($0) } ?? .null,
            ]
          }))
    }
    for remote in remotes {
      let place = remote.unsupportedURL ?? "\(remote.path)"
      console.print("\(remote.name)\t\(place)\(remote.isDefault ? " (default)" : "")")
    }
  }
}

/// `dver remote remove`: forgets a remote.
struct RemoteRemoveCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Forget a remote; what is in it stays",
    discussion: """
      Examples:
        dver remote remove scratch
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Argument(help: "The remote's name", completion: .remote)
  var name: String

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.removeRemote(name, level: levels.level)
  }
}

/// `dver remote rename`: gives a remote another name.
struct RemoteRenameCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Give a remote another name",
    discussion: """
      A default remote stays the default.

      Examples:
        dver remote rename shared archive
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Argument(help: "The remote's name", completion: .remote)
  var name: String

  @Argument(help: "Its new name")
  var newName: String

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.renameRemote(name, to: newName, level: levels.level)
  }
}

/// `dver remote modify`: changes an option of a remote.
struct RemoteModifyCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "modify",
    abstract: "Change an option of a remote",
    discussion: """
      Options: url, the folder; id, the store that is expected there; jobs, how many objects are \
      copied at once.

      Examples:
        dver remote modify shared url /mnt/new/dver
        dver remote modify shared id --unset
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Flag(name: .shortAndLong, help: "Remove the option")
  var unset = false

  @Argument(help: "The remote's name", completion: .remote)
  var name: String

  @Argument(help: "The option: url, id or jobs", completion: .list(["url", "id", "jobs"]))
  var option: String

  @Argument(help: "Its new value")
  var value: String?

  var printsJSON: Bool { json.json }

  func validate() throws {
    if unset, value != nil { throw ValidationError("--unset takes no value") }
    if !unset, value == nil { throw ValidationError("give a value, or use --unset") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.modifyRemote(
      name, option: option, to: value?.argumentBytes, level: levels.level)
  }
}

/// `dver remote default`: shows or chooses the remote that is used where none is named.
struct RemoteDefaultCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "default",
    abstract: "Show or choose the default remote",
    discussion: """
      The default remote is used where a command names none.

      Examples:
        dver remote default
        dver remote default shared
        dver remote default --unset
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var levels: LevelOptions

  @Flag(name: .shortAndLong, help: "Have no default remote")
  var unset = false

  @Argument(
    help: "The remote's name (default: show the present one)", completion: .remote)
  var name: String?

  var printsJSON: Bool { json.json }

  func validate() throws {
    if unset, name != nil { throw ValidationError("--unset takes no name") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    if unset || name != nil {
      return try workspace.setDefaultRemote(name, level: levels.level ?? .project)
    }
    let name = try workspace.defaultRemote()
    if console.printsJSON { return console.print(json: ["name": .string(name)]) }
    console.print(name)
  }
}
