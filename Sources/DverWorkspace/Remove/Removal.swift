import DverCore
import DverFileSystem
import DverManifest

/// A pointer or a stage that is to go, with all that it tracks.
struct Removal: Sendable {
  enum Subject: Hashable, Sendable {
    case pointer(RepositoryPath)
    /// A stage, or a group of stages, as its pipeline file names it.
    case stage(name: String, folder: RepositoryPath)
  }

  let subject: Subject
  let name: String
  let outputs: [TrackedOutput]

  var isOfStage: Bool {
    if case .stage = subject { true } else { false }
  }
}

extension Workspace {
  /// What a target of `remove` stands for.
  func removal(of target: [UInt8], in catalog: Catalog) throws -> Removal {
    if let stage = try stageRemoval(of: target, in: catalog) { return stage }
    let shown = PathQuoting.quoted(target)
    guard let path = try? path(of: target) else { throw WorkspaceError.noSuchTarget(shown) }
    if catalog.pointers.contains(where: { $0.path == path }) {
      return removal(of: path, in: catalog)
    }
    guard let output = catalog.output(containing: path) else {
      throw WorkspaceError.noSuchTarget(shown)
    }
    guard case .pointer(let pointer) = output.origin else {
      throw WorkspaceError.failed(
        "\(displayed(output.path)) is an output of stage '\(output.originText)'",
        hint: "run 'dver remove \(output.originText)' to remove the stage")
    }
    guard path == output.path else {
      throw WorkspaceError.failed(
        "\(shown) is a part of \(displayed(output.path))",
        hint: "delete it, then run 'dver add \(displayed(output.path))'")
    }
    let removal = removal(of: pointer, in: catalog)
    guard removal.outputs.count == 1 else {
      throw WorkspaceError.failed(
        "\(displayed(pointer)) tracks \(removal.outputs.count) paths",
        hint: "name the pointer to remove all of them")
    }
    return removal
  }

  private func removal(of pointer: RepositoryPath, in catalog: Catalog) -> Removal {
    Removal(
      subject: .pointer(pointer), name: displayed(pointer),
      outputs: catalog.outputs.filter { $0.origin == .pointer(pointer) })
  }

  /// The stage or group that `target` names: `name`, or `path/dver.yaml:name`.
  private func stageRemoval(of target: [UInt8], in catalog: Catalog) throws -> Removal? {
    var (folder, name) = (current.relative(to: root), target[...])
    if let colon = target.lastIndex(of: UInt8(ascii: ":")) {
      guard let file = try? path(of: Array(target[..<colon])),
        file.lastComponent.elementsEqual(CatalogFiles.pipelineName.utf8)
      else { return nil }
      (folder, name) = (file.parent, target[(colon + 1)...])
    }
    let text = String(decoding: name, as: UTF8.self)
    guard let pipeline = catalog.pipelines.first(where: { $0.folder == folder }) else { return nil }
    let stages = pipeline.file.stages.map(\.name)
    if let at = text.firstIndex(of: "@"), stages.contains(text) {
      throw WorkspaceError.failed(
        "stage '\(text)' is a member of a group",
        hint: "run 'dver remove \(text[..<at])', or edit the group in dver.yaml")
    }
    guard stages.contains(where: { $0 == text || $0.hasPrefix(text + "@") }) else { return nil }
    let outputs = catalog.outputs.filter { output in
      guard case .stage(let stage, let place) = output.origin else { return false }
      return place == pipeline.folder && (stage == text || stage.hasPrefix(text + "@"))
    }
    return Removal(
      subject: .stage(name: text, folder: pipeline.folder),
      name: pipeline.folder.isRoot ? text : "\(pipeline.folder)/dver.yaml:\(text)",
      outputs: outputs)
  }
}
