import ArgumentParser
import DverCore
import DverFileSystem
import DverParallel
import DverWorkspace

/// A command of dver.
protocol DverCommand: ParsableCommand {
  var global: GlobalOptions { get }
  /// Whether the result is one JSON document.
  var printsJSON: Bool { get }

  func run(console: Console) throws
}

extension DverCommand {
  var printsJSON: Bool { false }

  mutating func run() throws {
    let console = Console(options: global, printsJSON: printsJSON)
    CurrentConsole.set(console)
    try run(console: console)
    // Who asked for a document gets one, also where there is nothing to tell.
    if printsJSON, !console.hasResult { console.print(json: [:]) }
  }

  /// Where the user is: `--cd` or the process' own folder.
  func currentFolder() throws -> AbsolutePath {
    let here = try AbsolutePath.current()
    guard let directory = global.directory else { return here }
    let folder = AbsolutePath(directory.pathBytes, relativeTo: here)
    guard try FileSystem.statusFollowingLinks(of: folder)?.isDirectory == true else {
      throw WorkspaceError.failed(
        "\(folder), which --cd names, is no folder", hint: "check the spelling of the path")
    }
    return folder
  }
}

/// A command that works inside of a workspace.
protocol WorkspaceCommand: DverCommand {
  /// Whether a bare repository will do, and which revision of it is read.
  var bareAccess: BareAccess { get }

  /// Finds the workspace around the current folder, or makes one.
  func openWorkspace(
    progress: Progress, cancellation: Cancellation, console: Console
  ) throws -> Workspace

  func run(in workspace: Workspace, console: Console) throws
}

extension WorkspaceCommand {
  var bareAccess: BareAccess { .refused }

  func openWorkspace(
    progress: Progress, cancellation: Cancellation, console: Console
  ) throws -> Workspace {
    try Workspace.open(
      from: currentFolder(), bare: bareAccess, progress: progress, cancellation: cancellation,
      notices: console.notices)
  }

  func run(console: Console) throws {
    let cancellation = Cancellation()
    let signal = InterruptSignal(cancelling: cancellation)
    let progress = Progress()
    let display = ProgressDisplay(progress, cancellation: cancellation, console: console)
    defer {
      display.stop()
      withExtendedLifetime(signal) {}
    }
    let workspace = try openWorkspace(
      progress: progress, cancellation: cancellation, console: console)
    try workspace.finishInterrupted()
    do {
      try run(in: workspace, console: console)
    } catch {
      // What was done until then can be taken back too.
      try? workspace.recordData()
      throw error
    }
    try workspace.recordData()
  }
}

/// An answer that a script asked for: exit with a status, without a message.
struct ExitRequest: Error {
  let status: ExitStatus
}
