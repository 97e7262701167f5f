import ArgumentParser
import DverCore
import DverWorkspace

/// `dver commit`: records what tracked paths hold now.
struct CommitCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Record what tracked data is now, without running anything",
    discussion: """
      Puts the content into the cache and updates pointers. Asks before a record changes; without a \
      terminal it needs -f.

      Examples:
        dver add --no-commit data && dver commit data
        dver commit -f
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .shortAndLong, help: "Record changes without a question")
  var force = false

  @Flag(help: "Keep the files themselves where cache.type asks for links")
  var noRelink = false

  @OptionGroup var selection: TargetSelection

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    var options = CommitOptions()
    options.force = force
    options.withDependencies = selection.withDependencies
    options.recursive = selection.recursive
    options.withoutRelinking = noRelink
    let recorded = try workspace.commit(selection.targetBytes, options: options) { paths in
      console.confirms("\(paths.joined(separator: ", ")) changed. Record that?")
    }
    if console.printsJSON {
      return console.print(
        json: .array(
          recorded.map { item in
            [
              "path": .path(item.path), "pointer": .path(item.pointer),
              "sha256": item.record.name.map { .string($0.description) } ?? .null,
              "changed": .bool(item.isChanged),
            ]
          }))
    }
    for item in recorded {
      let verb = item.isChanged ? "Recorded" : "Unchanged:"
      console.status("\(verb) \(workspace.displayed(item.path))")
    }
  }
}
