import DverCore
import DverFileSystem
import DverIgnore
import DverPipeline

/// A tracked path that a command works on, or a part of it.
struct Selection: Sendable {
  let output: TrackedOutput
  /// A path inside of a tracked directory; `nil` for all of it.
  let part: RepositoryPath?
}

/// A tracked path with all of its parts that a command works on, so that it is looked at once.
struct SelectedOutput: Sendable {
  let output: TrackedOutput
  /// Paths inside of a tracked directory; `nil` for all of it.
  fileprivate(set) var parts: Set<RepositoryPath>?

  /// Whether an entry of the directory is at or below one of the parts.
  func includes(_ entry: RepositoryPath) -> Bool {
    guard let parts else { return true }
    var path = entry
    while !path.isRoot {
      if parts.contains(path) { return true }
      path = path.parent
    }
    return false
  }
}

extension [Selection] {
  /// One for each tracked path, in the order of the first selections.
  func byOutput() -> [SelectedOutput] {
    var result: [SelectedOutput] = []
    var positions: [RepositoryPath: Int] = [:]
    for item in self {
      guard let position = positions[item.output.path] else {
        positions[item.output.path] = result.count
        result.append(SelectedOutput(output: item.output, parts: item.part.map { [$0] }))
        continue
      }
      if let part = item.part {
        result[position].parts?.insert(part)
      } else {
        result[position].parts = nil
      }
    }
    return result
  }
}

extension Workspace {
  /// What the user's targets name; everything if there are none.
  ///
  /// - Parameters:
  ///   - areGlobs: Whether targets are patterns for tracked paths, pointers and names of stages.
  ///   - withDependencies: Whether a stage stands for all that it reads, too.
  /// - Throws: ``WorkspaceError/noSuchTarget(_:)``.
  func select(
    _ targets: [[UInt8]], in catalog: Catalog, recursive: Bool = false, areGlobs: Bool = false,
    withDependencies: Bool = false
  ) throws -> [Selection] {
    guard !targets.isEmpty else {
      return catalog.outputs.map { Selection(output: $0, part: nil) }
    }
    var selections: [Selection] = []
    var seen: Set<RepositoryPath> = []
    func add(_ selection: Selection) {
      let path = selection.output.path.appending(selection.part ?? .root)
      if seen.insert(path).inserted { selections.append(selection) }
    }
    let graph = withDependencies ? try Pipelines(catalog, root: root).graph : nil
    var stages: Set<Int> = []
    for target in targets {
      // A stage without outputs is known to the graph alone.
      let found = try? graph?.select(
        String(decoding: target, as: UTF8.self), from: currentFolder, isGlob: areGlobs)
      if let found, !found.stages.isEmpty {
        stages.formUnion(found.stages)
        continue
      }
      let named =
        areGlobs
        ? try outputs(matching: target, in: catalog)
        : try select(target, in: catalog, recursive: recursive)
      named.forEach(add)
    }
    guard let graph else { return selections }
    for number in graph.upstreamClosure(of: stages.sorted()) {
      let paths =
        graph.stages[number].outputs + graph.trackedUpstream[number].map { graph.tracked[$0].path }
      for output in paths.compactMap({ catalog.output(at: $0) }) {
        add(Selection(output: output, part: nil))
      }
    }
    return selections
  }

  private func outputs(matching target: [UInt8], in catalog: Catalog) throws -> [Selection] {
    guard let name = WildcardPattern(target), name.hasWildcards else {
      return try select(target, in: catalog, recursive: false)
    }
    let pattern = WildcardPattern(try path(of: target).bytes)
    let found = catalog.outputs.filter { output in
      if pattern?.matches(output.path.bytes) == true { return true }
      switch output.origin {
      case .pointer(let path): return pattern?.matches(path.bytes) == true
      case .stage(let stage, let folder):
        return folder == currentFolder && name.matches(Array(stage.utf8))
      }
    }
    guard !found.isEmpty else {
      throw WorkspaceError.failed(
        "nothing that is tracked matches \(PathQuoting.quoted(target))",
        hint: "patterns take *, ?, [..] and **, and count from the current folder")
    }
    return found.map { Selection(output: $0, part: nil) }
  }

  private func select(
    _ target: [UInt8], in catalog: Catalog, recursive: Bool
  ) throws -> [Selection] {
    if recursive, let path = try? path(of: target), catalog.output(containing: path) == nil {
      let below = catalog.outputs(inside: path)
      if !below.isEmpty { return below.map { Selection(output: $0, part: nil) } }
    }
    let stages = catalog.outputs.filter { $0.isOutput(ofStage: target, from: current, root: root) }
    if !stages.isEmpty { return stages.map { Selection(output: $0, part: nil) } }
    let shown = PathQuoting.quoted(target)
    guard let path = try? path(of: target) else { throw WorkspaceError.noSuchTarget(shown) }
    let pointed = catalog.outputs.filter { $0.origin == .pointer(path) }
    if !pointed.isEmpty { return pointed.map { Selection(output: $0, part: nil) } }
    if let output = catalog.output(containing: path) {
      let part = path == output.path ? nil : path.relative(to: output.path)
      if part != nil, output.name?.isDirectory != true { throw WorkspaceError.noSuchTarget(shown) }
      return [Selection(output: output, part: part)]
    }
    let below = catalog.outputs(inside: path)
    if path.isRoot, !below.isEmpty {
      return below.map { Selection(output: $0, part: nil) }
    }
    if path.lastComponent.elementsEqual(CatalogFiles.pipelineName.utf8) {
      let all = catalog.outputs.filter {
        if case .stage(_, let folder) = $0.origin { folder == path.parent } else { false }
      }
      if !all.isEmpty || catalog.pipelines.contains(where: { $0.folder == path.parent }) {
        return all.map { Selection(output: $0, part: nil) }
      }
    }
    // A folder that holds tracked paths is a natural way to say all of them.
    if !below.isEmpty { return below.map { Selection(output: $0, part: nil) } }
    if let pointer = namedPointer(target, in: catalog) {
      warnOfIgnoredName(in: target, catalog)
      return try select(pointer, in: catalog, recursive: recursive)
    }
    throw WorkspaceError.noSuchTarget(shown)
  }
}

extension Workspace {
  /// The pointer file of a target `POINTER:NAME`. There is nothing that the name could choose.
  func namedPointer(_ target: [UInt8], isPointer: (RepositoryPath) -> Bool) -> [UInt8]? {
    guard let colon = target.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let file = Array(target[..<colon])
    guard let path = try? path(of: file), isPointer(path) else { return nil }
    return file
  }

  /// As ``namedPointer(_:isPointer:)``, for a pointer file of the catalog.
  func namedPointer(_ target: [UInt8], in catalog: Catalog) -> [UInt8]? {
    namedPointer(target) { path in catalog.pointers.contains { $0.path == path } }
  }

  /// Tells of a target `POINTER:NAME` that its name chooses nothing; says nothing of other targets.
  func warnOfIgnoredName(in target: [UInt8], _ catalog: Catalog) {
    guard let file = namedPointer(target, in: catalog) else { return }
    warnOfIgnoredName(in: target, behind: file)
  }

  func warnOfIgnoredName(in target: [UInt8], behind pointer: [UInt8]) {
    let name = String(decoding: target[(pointer.count + 1)...], as: UTF8.self)
    notices.warning("Ignoring name '\(name)' of \(PathQuoting.quoted(pointer))")
  }

  /// Sees to it that parts of directories are recorded, or there.
  ///
  /// - Throws: ``WorkspaceError/missing(_:)``. What cannot be read is left to who needs it.
  func refuseUnknownParts(_ selections: [Selection], in catalog: Catalog) throws {
    let recorded = recordedVersion(catalog)
    for selection in selections {
      guard let part = selection.part else { continue }
      let path = selection.output.path.appending(part)
      do {
        guard try isKnown(path, in: recorded) else {
          throw WorkspaceError.missing(displayed(path))
        }
      } catch is ManifestLookupError {
        continue
      }
    }
  }
}

extension TrackedOutput {
  /// Whether `target` is the address of the output's stage: `name`, counted from the user's folder,
  /// a group's name, or `path/dver.yaml:name`; of any stage of the file where the name is empty.
  func isOutput(ofStage target: [UInt8], from current: AbsolutePath, root: AbsolutePath) -> Bool {
    guard case .stage(let name, let folder) = origin else { return false }
    var (file, wanted): (ArraySlice<UInt8>, ArraySlice<UInt8>) = ([], target[...])
    if let colon = target.lastIndex(of: UInt8(ascii: ":")) {
      (file, wanted) = (target[..<colon], target[(colon + 1)...])
    }
    // What stands in front of a colon may as well be a pointer, or nothing that there is.
    let fileName = RepositoryPath(normalized: Array(file)).lastComponent
    guard file.isEmpty || fileName.elementsEqual(CatalogFiles.pipelineName.utf8) else {
      return false
    }
    let stageFolder =
      file.isEmpty
      ? current : AbsolutePath(Array(file), relativeTo: current).parent
    guard stageFolder == root.appending(folder) else { return false }
    // All of the file.
    if wanted.isEmpty { return !target.isEmpty }
    return wanted.elementsEqual(name.utf8)
      || name.utf8.starts(with: Array(wanted) + [UInt8(ascii: "@")])
  }
}
