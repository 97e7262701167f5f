import ArgumentParser
import DverWorkspace

/// `dver freeze`: keeps stages and imports as they are.
struct FreezeCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Keep stages and imports from being brought up to date",
    discussion: """
      A frozen stage does not run when what it depends on changes; stages that read its outputs use \
      those that are there. A group is frozen as a whole.

      Examples:
        dver freeze train
        dver freeze data/images.dver evaluate/dver.yaml:plots
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Argument(help: "Stages, groups or pointer files", completion: .target)
  var targets: [String]

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.freeze(targets.map(\.pathBytes), true)
  }
}

/// `dver unfreeze`: takes back `dver freeze`.
struct UnfreezeCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze",
    abstract: "Let frozen stages and imports be brought up to date again",
    discussion: """
      Examples:
        dver unfreeze train
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Argument(help: "Stages, groups or pointer files", completion: .target)
  var targets: [String]

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.freeze(targets.map(\.pathBytes), false)
  }
}
