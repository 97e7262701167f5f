import ArgumentParser
import DverCore
import DverWorkspace

/// `dver doctor`: what is wrong with a workspace.
struct DoctorCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look for what is wrong with the workspace, the cache and the remotes",
    discussion: """
      Reads no data; 'dver verify' does. Exits with 0 if all is well, 4 if data is damaged or \
      missing, 2 for any other problem.

      Examples:
        dver doctor
        dver doctor --upgrade
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(help: "Bring files up to date that dver wrote itself")
  var upgrade = false

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let diagnosis = try workspace.doctor(upgrade: upgrade)
    let facts = [("dver", Version.text)] + PlatformVersions.all.map { ($0.name, $0.value) }
    if console.printsJSON {
      let versions = facts.map { (key: $0.0, value: JSONValue.string($0.1)) }
      guard case .object(let members) = diagnosis.json else { return }
      console.print(json: .object([("versions", .object(versions))] + members))
    } else {
      if !console.isQuiet {
        for (name, value) in facts + diagnosis.facts.map({ ($0.name, $0.value) }) {
          console.print("\(name): \(value)")
        }
      }
      for finding in diagnosis.findings { print(finding, on: console) }
      if diagnosis.findings.isEmpty { console.status("Nothing is wrong") }
    }
    if diagnosis.exitStatus != .done { throw ExitRequest(status: diagnosis.exitStatus) }
  }

  private func print(_ finding: Diagnosis.Finding, on console: Console) {
    let color: Console.Color =
      switch finding.severity {
      case .note: .cyan
      case .problem: .yellow
      case .damage: .red
      }
    console.print(
      styled:
        "\(console.colored(finding.severity.rawValue, color)): \(Console.printable(finding.message))"
    )
    console.print("  hint: \(finding.hint)")
  }
}
