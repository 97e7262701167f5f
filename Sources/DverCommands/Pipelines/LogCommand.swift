import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver log`: what a stage printed.
struct LogCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Print what a stage printed when it ran",
    discussion: """
      The logs of the last runs on this machine are kept, also of runs that failed. That of a stage \
      at work can be read as far as it has come.

      Examples:
        dver log train
        dver log --run 2 -n 20 train
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(help: ArgumentHelp("Which run: 1 is the last one, 2 that before", valueName: "number"))
  var run = 1

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Print the last lines only", valueName: "count"))
  var lines: Int?

  @Flag(help: "Print where the log is")
  var path = false

  @Argument(help: "A stage, or an output of one", completion: .target)
  var stage: String

  var printsJSON: Bool { json.json }

  func validate() throws {
    if run < 1 { throw ValidationError("--run takes a number from 1 on") }
    if let lines, lines < 0 { throw ValidationError("-n takes a number that is not negative") }
    if path, lines != nil { throw ValidationError("--path prints no lines") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    let log = try workspace.log(of: stage, run: run)
    if path {
      guard let path = log.run.log else { throw ExitRequest(status: .changed) }
      if console.printsJSON { return console.print(json: ["path": .path(path.bytes)]) }
      return console.print("\(path)")
    }
    guard console.printsJSON else {
      return try workspace.readLog(log, lines: lines) { try console.stream($0) }
    }
    var text: [UInt8] = []
    try workspace.readLog(log, lines: lines) { text += $0 }
    console.print(
      json: .object(
        [("stage", .string(log.stage))] + StageRunText.members(of: log.run)
          + [("text", .string(String(decoding: text, as: UTF8.self)))]))
  }
}
