import DverCore
import DverFileSystem
package import DverManifest
import DverPipeline

extension Workspace {
  /// Writes a stage into the `dver.yaml` of the current folder, which is made if there is none.
  ///
  /// - Parameter replaces: Whether a stage of that name is replaced.
  /// - Returns: The file, as the user would name it.
  @discardableResult
  package func addStage(_ stage: Stage, replaces: Bool) throws -> String {
    let path = currentFolder.appending(CatalogFiles.pipelineName.utf8)
    if let bad = stage.name.first(where: { $0 == "." || $0 == "/" }) {
      throw WorkspaceError.failed(
        "\(PathQuoting.quoted(Array(stage.name.utf8))): a stage name must not hold '\(bad)'",
        hint: "letters, digits, '_' and '-' make a name")
    }
    try refuseMissingFolder(of: stage)
    let stage = relative(stage)
    try perform("dver stage add -n \(stage.name)") {
      let old = try FileSystem.contents(of: root.appending(path))
      if let old, !replaces,
        try PipelineFile.isGroup(stage.name, in: old, source: path.description) != nil
      {
        throw StageEditError.exists(stage: stage.name, file: displayed(path))
      }
      let new = try PipelineFile.adding(stage, to: old ?? [], source: path.description)
      var changes = Changes()
      if new != old { changes.texts.append(TextChange(path: path, old: old, new: new)) }
      // Data must not come into git before the stage runs for the first time.
      changes.texts += try ignoredOutputs(of: stage.name, in: path, text: new)
      return changes
    }
    return displayed(path)
  }

  /// The stage with paths that other clones have, too.
  private func relative(_ stage: Stage) -> Stage {
    var stage = stage
    let folder = stage.workingDirectory.map { relative(Array($0.utf8), to: currentFolder) }
    if let folder {
      let isOwn = folder == Array(".".utf8)
      stage.workingDirectory = isOwn ? nil : String(decoding: folder, as: UTF8.self)
    }
    let base = currentFolder.resolving(folder ?? []) ?? currentFolder
    stage.dependencies = stage.dependencies.map { relative($0, to: base) }
    for index in stage.outputs.indices {
      stage.outputs[index].path = relative(stage.outputs[index].path, to: base)
    }
    for index in stage.parameters.indices {
      let file = relative(Array(stage.parameters[index].file.utf8), to: base)
      stage.parameters[index].file = String(decoding: file, as: UTF8.self)
    }
    return stage
  }

  private func refuseMissingFolder(of stage: Stage) throws {
    guard let written = stage.workingDirectory else { return }
    let folder = try self.path(of: Array(written.utf8))
    guard try FileSystem.statusFollowingLinks(of: root.appending(folder))?.isDirectory == true
    else { throw StageEditError.noFolder(displayed(folder)) }
  }

  /// Reads the new text, refuses a pipeline that could not run, and adds lines to `.gitignore`.
  private func ignoredOutputs(
    of name: String, in path: RepositoryPath, text: [UInt8]
  ) throws -> [TextChange] {
    let file = try definition(at: path, bytes: text)
    let graph = try pipelines(catalog().replacing(file, in: path.parent)).graph
    var lines = IgnoreLines(workspace: self)
    for stage in graph.stages where stage.address == StageAddress(file: path, name: name) {
      for place in stage.outputs { try refuseStores(in: place) }
      for (output, place) in zip(stage.stage.outputs, stage.outputs) where output.isCached {
        try refuseInGit(place, displayed(place))
        // Without its folder the line waits for the first run.
        if try FileSystem.exists(root.appending(place.parent)) { try lines.add(place) }
      }
    }
    return lines.changes
  }

  // MARK: Freezing

  /// Freezes pointer files, stages and groups, or lets them be reproduced again.
  package func freeze(_ targets: [[UInt8]], _ isFrozen: Bool) throws {
    let words = targets.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    try perform("dver \(isFrozen ? "freeze" : "unfreeze") \(words)") {
      let catalog = try self.catalog()
      let graph = try Pipelines(catalog, root: root).graph
      var texts: [RepositoryPath: (old: [UInt8], new: [UInt8])] = [:]
      for target in targets {
        let found = try definitions(of: target, in: graph)
        warnOfIgnoredName(in: target, catalog)
        for (path, name) in found {
          guard let old = try texts[path]?.old ?? FileSystem.contents(of: root.appending(path))
          else { throw WorkspaceError.missing(displayed(path)) }
          let present = texts[path]?.new ?? old
          let new =
            try name.map {
              try PipelineFile.freezing($0, isFrozen, in: present, source: path.description)
            } ?? PointerFile.freezing(isFrozen, in: present, source: path.description)
          texts[path] = (old, new)
        }
      }
      var changes = Changes()
      for (path, text) in texts.sorted(by: { $0.key < $1.key }) where text.old != text.new {
        changes.texts.append(TextChange(path: path, old: text.old, new: text.new))
      }
      return changes
    }
  }

  /// The files, and the names in them, that a target of `freeze` stands for; a pointer file has no
  /// name.
  private func definitions(
    of target: [UInt8], in graph: StageGraph
  ) throws -> [(file: RepositoryPath, name: String?)] {
    let text = String(decoding: target, as: UTF8.self)
    let selection = try graph.select(text, from: currentFolder)
    var found: [(file: RepositoryPath, name: String?)] = selection.tracked.map {
      (graph.tracked[$0].pointer, nil)
    }
    let chosen = Set(selection.stages)
    for number in selection.stages {
      let address = graph.stages[number].address
      let group = String(address.groupName)
      if group != address.name {
        let members = graph.stages(of: address.file).filter {
          graph.stages[$0].address.groupName == group
        }
        guard chosen.isSuperset(of: members) else {
          throw StageEditError.member(stage: address.text, group: group)
        }
      }
      if !found.contains(where: { $0.file == address.file && $0.name == group }) {
        found.append((address.file, group))
      }
    }
    return found
  }
}

extension Catalog {
  /// The catalog as it would be if a folder's `dver.yaml` were `file`.
  fileprivate func replacing(_ file: PipelineFile, in folder: RepositoryPath) throws -> Catalog {
    var files = CatalogFiles()
    files.pointers = pointers
    let lock = pipelines.first { $0.folder == folder }?.lock
    files.pipelines = pipelines.filter { $0.folder != folder }
    files.pipelines.append(Pipeline(folder: folder, file: file, lock: lock ?? LockFile()))
    files.pipelines.sort { $0.folder < $1.folder }
    return try Catalog(files)
  }
}

/// What keeps a stage's definition from being changed.
enum StageEditError: DverError {
  case exists(stage: String, file: String)
  case noFolder(String)
  case member(stage: String, group: String)

  var message: String {
    switch self {
    case .exists(let stage, let file): "\(file) has a stage '\(stage)' already"
    case .noFolder(let path): "\(path) is no folder to run a command in"
    case .member(let stage, _): "stage '\(stage)' is a member of a group"
    }
  }

  var hint: String? {
    switch self {
    case .exists: "use -f to replace it"
    case .noFolder: "make it first"
    case .member(_, let group): "name the group '\(group)' to change all of its members"
    }
  }
}
