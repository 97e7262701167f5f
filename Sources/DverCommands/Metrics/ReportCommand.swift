import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver report`: metrics, parameters and plots of two versions on one page.
struct ReportCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page with metrics, changed parameters and plots",
    discussion: """
      Compares two revisions, or a revision (HEAD by default) with the workspace, and prints the \
      address of the page, which needs no network.

      Examples:
        dver report
        dver report main -o public
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption
  @OptionGroup var revisions: RevisionArguments
  @OptionGroup var precision: PrecisionOption

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder to write index.html to (default: dver_report)", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Flag(help: "Open the page in a browser")
  var open = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = ReportOptions()
    (options.old, options.new) = (revisions.old, revisions.new)
    let page = try workspace.report(options) {
      NumberText.text(of: $0, precision: precision.digits)
    }
    let file = try workspace.write(page, to: (out ?? "dver_report").pathBytes)
    if console.printsJSON {
      console.print(json: ["path": .path(file.bytes)])
    } else {
      console.print(file.fileAddress)
    }
    if open { Browser.open(file.fileAddress, on: console) }
  }
}
