import ArgumentParser
import DverCore
import DverWorkspace

/// `dver version`: which dver this is.
struct VersionCommand: DverCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the version, with -v those of system and libraries too",
    discussion: """
      Examples:
        dver version -v
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  var printsJSON: Bool { json.json }

  func run(console: Console) throws {
    if console.printsJSON {
      let parts = PlatformVersions.all.map { (key: $0.name, value: JSONValue.string($0.value)) }
      return console.print(json: .object([("version", .string(Version.text))] + parts))
    }
    console.print("dver \(Version.text)")
    guard global.verbose else { return }
    for (name, value) in PlatformVersions.all { console.print("\(name): \(value)") }
  }
}
