import ArgumentParser
import DverCore
import DverManifest
import DverPipeline
import DverWorkspace

/// `dver lineage`: what made a file.
struct LineageCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage",
    abstract: "Show what made a path, back to the sources",
    discussion: """
      Tells the command, the parameters and the versions of what was read, from the locks and \
      pointers of the workspace or of a revision. What stands there now plays no part.

      Examples:
        dver lineage model.bin
        dver lineage --rev v1.0 --json metrics.json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(
    help: ArgumentHelp("A revision of git (default: the workspace)", valueName: "rev"),
    completion: .revision)
  var rev: String?

  @Argument(help: "An output, tracked data, or a path in one", completion: .trackedPath)
  var path: String

  var printsJSON: Bool { json.json }

  func run(in workspace: Workspace, console: Console) throws {
    let lineage = try workspace.lineage(of: path.pathBytes, revision: rev)
    if console.printsJSON { return console.print(json: LineageDocument(lineage).json) }
    LineageTree(lineage).print(on: console)
  }
}

/// A lineage as indented text. A step that was shown before is not taken apart again.
struct LineageTree {
  private let steps: [Lineage.Step]

  init(_ lineage: Lineage) { steps = lineage.steps }

  func print(on console: Console) {
    var shown: Set<Int> = []
    // What is still to be shown, the next one last.
    var open = steps.isEmpty ? [] : [(number: 0, depth: 0)]
    while let (number, depth) = open.popLast() {
      let step = steps[number]
      let isNew = shown.insert(number).inserted
      let margin = String(repeating: "  ", count: depth)
      console.print(margin + Self.heading(of: step, isNew: isNew))
      guard isNew else { continue }
      for line in Self.lines(about: step) { console.print(margin + "  " + line) }
      open += step.inputs.reversed().map { ($0, depth + 1) }
    }
  }

  private static func heading(of step: Lineage.Step, isNew: Bool) -> String {
    var text = step.path
    if let version = step.version { text += "  \(short(version))" }
    return isNew || step.inputs.isEmpty ? text : text + "  (as above)"
  }

  private static func lines(about step: Lineage.Step) -> [String] {
    var lines: [String] = []
    if let part = step.part { lines.append("part of \(part)") }
    if let present = step.present {
      lines.append("another version is recorded now: \(short(present))")
    }
    switch step.origin {
    case .stage(let stage):
      lines.append("made by stage '\(stage.name)'\(stage.lock == nil ? ", which has not run" : "")")
      lines += (stage.lock?.commands ?? []).map { "> \($0)" }
      for variable in stage.lock?.environment ?? [] {
        lines.append("env \(variable.name)=\(variable.value)")
      }
      for file in stage.lock?.parameters ?? [] {
        lines += file.values.map { "\(file.file): \($0.key) = \($0.value.shown)" }
      }
    case .pointer(let pointer, let imports):
      lines.append("tracked by \(pointer)")
      lines += imports.map { "imported from \(Self.text(of: $0))" }
    case .folder: lines.append("a folder of outputs")
    case .source: lines.append("a source")
    }
    return lines
  }

  private static func text(of source: PointerFile.Dependency) -> String {
    let path = PathQuoting.quoted(source.record.path)
    guard let repository = source.repository else { return path }
    let revision = repository.lockedRevision ?? repository.revision
    return "\(path) of \(repository.url)" + (revision.map { " at \($0)" } ?? "")
  }

  /// Enough of a digest to tell versions apart.
  private static func short(_ name: ContentName) -> String { String(name.digest.hex.prefix(12)) }
}

/// A lineage as JSON: a list of steps, which name their inputs by path and version.
struct LineageDocument {
  private let lineage: Lineage

  init(_ lineage: Lineage) { self.lineage = lineage }

  var json: JSONValue {
    ["path": lineage.steps.first?.key ?? .null, "steps": .array(lineage.steps.map(document))]
  }

  private func document(_ step: Lineage.Step) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("path", step.key), ("sha256", Self.version(step.version)),
    ]
    if let part = step.part { members.append(("part_of", .string(part))) }
    if let present = step.present { members.append(("present", Self.version(present))) }
    switch step.origin {
    case .stage(let stage): members.append(("stage", Self.document(stage)))
    case .pointer(let pointer, let imports):
      members.append(("pointer", .string(pointer)))
      if !imports.isEmpty { members.append(("imported", .array(imports.map(Self.document)))) }
    case .folder: members.append(("folder", true))
    case .source: members.append(("source", true))
    }
    let inputs = step.inputs.map { number -> JSONValue in
      let input = lineage.steps[number]
      return ["path": input.key, "sha256": Self.version(input.version)]
    }
    members.append(("deps", .array(inputs)))
    return .object(members)
  }

  private static func document(_ stage: Lineage.MakingStage) -> JSONValue {
    guard let lock = stage.lock else {
      return ["name": .string(stage.name), "cmd": .null, "env": [:], "params": [:]]
    }
    return [
      "name": .string(stage.name), "cmd": .array(lock.commands.map { .string($0) }),
      "env": .object(lock.environment.map { ($0.name, .string($0.value)) }),
      "params": .object(
        lock.parameters.map { file in
          (file.file, .object(file.values.map { ($0.key, $0.value.json) }))
        }),
    ]
  }

  private static func document(_ source: PointerFile.Dependency) -> JSONValue {
    let repository = source.repository
    return [
      "path": .path(source.record.path), "url": repository.map { .string($0.url) } ?? .null,
      "rev": repository?.lockedRevision.map { .string($0) } ?? .null,
    ]
  }

  private static func version(_ name: ContentName?) -> JSONValue {
    name.map { .string("\($0)") } ?? .null
  }
}
