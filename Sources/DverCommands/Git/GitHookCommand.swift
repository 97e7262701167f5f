import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver git-hook`: what the hooks of `dver install` call.
struct GitHookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git-hook",
    abstract: "Do what a git hook asks for",
    shouldDisplay: false,
    subcommands: [
      PreCommitHook.self, PostCheckoutHook.self, PrePushHook.self, PushCommits.self,
      MergeDriver.self,
    ])
}

/// A hook; a work tree that has no workspace is none of its business.
protocol HookCommand: DverCommand {
  func run(in workspace: Workspace, console: Console) throws
}

extension HookCommand {
  func run(console: Console) throws {
    guard let workspace = try workspace(console: console) else { return }
    try run(in: workspace, console: console)
  }

  private func workspace(console: Console) throws -> Workspace? {
    guard let folder = try? currentFolder() else { return nil }
    do {
      return try Workspace.open(from: folder, notices: console.notices)
    } catch WorkspaceError.notAWorkspace {
      return nil
    }
  }

  /// Runs another command of dver in the hook's folder.
  func run(command name: String..., arguments: [String] = []) throws {
    let folder = global.directory.map { ["--cd", $0] } ?? []
    var command = try DverRoot.parseAsRoot(name + folder + ["--"] + arguments)
    try command.run()
  }
}

/// Refuses to commit manifests that are not those of their pointers, and tells what is not recorded.
struct PreCommitHook: HookCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-commit", abstract: "Check what is about to be committed")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "What git hands over")
  var arguments: [String] = []

  func run(in workspace: Workspace, console: Console) throws {
    try workspace.checkStagedManifests()
    do {
      let status = try workspace.status()
      if !status.isClean { StatusReport(status, explains: false).print(on: console) }
    } catch let error as any DverError {
      // Not a reason to keep what is right from being committed.
      console.warning(error.message)
    }
  }
}

/// Checks data out after git checked out another commit.
struct PostCheckoutHook: HookCommand {
  static let configuration = CommandConfiguration(
    commandName: "post-checkout", abstract: "Check out the data of the commit")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "What git hands over: old commit, new commit, 1 for a commit and 0 for files")
  var arguments: [String] = []

  func run(in workspace: Workspace, console: Console) throws {
    guard arguments.last != "0", try !workspace.isRebasing() else { return }
    try run(command: "checkout")
  }
}

/// Pushes data before git pushes commits.
struct PrePushHook: HookCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-push", abstract: "Push the data of the commits")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "What git hands over: the remote's name and address")
  var arguments: [String] = []

  func run(in workspace: Workspace, console: Console) throws {
    guard try workspace.hasPushTarget() else { return }
    try run(command: "git-hook", "push-commits", arguments: Array(arguments.prefix(1)))
  }
}

/// Pushes the data of the commits that git names on standard input; without such an input, that of the
/// workspace.
struct PushCommits: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "push-commits", abstract: "Push the data of commits", shouldDisplay: false)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The name under which git knows where it pushes to")
  var gitRemote: String?

  func run(in workspace: Workspace, console: Console) throws {
    // A line in somebody else's hook leaves the references to others.
    guard !StandardInput.isAbsent else {
      return try report(console) { try workspace.push([], options: TransferOptions()) }
    }
    let references = try StandardInput.lines().compactMap { PushedReference(line: $0) }
    guard !references.isEmpty else { return try warnOfNothing(in: workspace, console) }
    try report(console) { try workspace.pushData(of: references, to: gitRemote) }
  }

  /// git names no reference where everything is up to date; so does a hook whose other lines have read
  /// what git said.
  private func warnOfNothing(in workspace: Workspace, _ console: Console) throws {
    guard try !workspace.hasOwnPushHook() else { return }
    console.warning(
      "no data was pushed: git named no commits, unless another line of the pre-push hook has read "
        + "them; '\(Workspace.pushHookLine)' pushes the data of the workspace instead")
  }

  private func report(
    _ console: Console, _ transfer: () throws -> [TransferSummary]
  ) throws {
    try TransferReport.print(verb: "Pushed", preposition: "to", on: console, of: transfer)
  }
}
