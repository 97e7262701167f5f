import DverCore
import DverFileSystem
import DverManifest

/// Everything that is tracked in the workspace or in one revision: the content of all pointer files
/// and of all pipelines with their locks.
struct Catalog: Sendable {
  /// Sorted by path; no two overlap in the workspace's own, see ``refuseOverlaps()``.
  private(set) var outputs: [TrackedOutput] = []
  /// Sorted by folder.
  private(set) var pipelines: [Pipeline] = []
  /// The pointer files, sorted by path.
  private(set) var pointers: [PointerEntry] = []
  private let looseLocks: [(path: RepositoryPath, bytes: [UInt8])]
  /// Folders of the workspace that could not be looked into.
  private let closedFolders: [RepositoryPath]

  typealias Pipeline = CatalogFiles.Pipeline
  typealias PointerEntry = CatalogFiles.Pointer

  init(_ files: CatalogFiles) throws {
    closedFolders = files.closedFolders
    pointers = files.pointers
    pipelines = files.pipelines
    looseLocks = files.looseLocks
    for pointer in pointers {
      outputs.append(contentsOf: try Self.outputs(of: pointer.file, at: pointer.path))
    }
    for pipeline in pipelines { outputs.append(contentsOf: try Self.outputs(of: pipeline)) }
    outputs.sort { $0.path < $1.path }
  }

  /// What locks record, be it of stages that are defined no more.
  ///
  /// - Throws: Where one that has no definition beside it cannot be read.
  func lockedNames() throws -> [ContentName] {
    let loose = try looseLocks.map { path, bytes in
      try LockFile.parse(bytes: bytes, source: path.description)
    }
    return (pipelines.map(\.lock) + loose).flatMap(\.entries).flatMap(\.lock.outputs)
      .compactMap(\.name)
  }

  static func outputs(of pipeline: Pipeline) throws -> [TrackedOutput] {
    try pipeline.file.stages.flatMap { stage in
      try outputs(of: stage, in: pipeline.folder, lock: pipeline.lock[stage.name])
    }
  }

  /// - Throws: ``WorkspaceError/isInternal(_:)`` for a path that no data may have: a pointer comes
  ///   from whoever made the commit, and must not write git's hooks or dver's configuration.
  static func outputs(
    of pointer: PointerFile, at path: RepositoryPath
  ) throws -> [TrackedOutput] {
    var folder = path.parent
    if let directory = pointer.workingDirectory { folder = folder.resolving(directory) ?? folder }
    return try pointer.outputs.map { output in
      let written = output.record.path
      let climbs = written.split(separator: RepositoryPath.slash).contains {
        $0.elementsEqual("..".utf8)
      }
      guard !climbs, written.count <= ManifestPath.maximumByteCount,
        let target = folder.resolving(written), !target.isRoot
      else {
        throw WorkspaceError.outside(
          "\(PathQuoting.quoted(written.prefix(200))), which \(path) tracks,")
      }
      if target.isReserved {
        throw WorkspaceError.isInternal("\(target), which \(path) tracks,")
      }
      if CatalogFiles.isOwn(target) {
        throw WorkspaceError.isPointer("\(target), which \(path) tracks,")
      }
      return TrackedOutput(
        path: target, record: output.record, origin: .pointer(path), isCached: output.isCached,
        isPushed: output.isPushed, remote: output.remote)
    }
  }

  private static func outputs(
    of stage: Stage, in folder: RepositoryPath, lock: StageLock?
  ) throws -> [TrackedOutput] {
    let directory = folder.resolving(Array((stage.workingDirectory ?? ".").utf8))
    if let directory = stage.workingDirectory, directory.hasPrefix("/"), !stage.outputs.isEmpty {
      throw WorkspaceError.failed(
        "the wdir of '\(stage.name)' is \(directory), which other clones do not have",
        hint: "write it as it counts from the folder of dver.yaml")
    }
    return try stage.outputs.map { output in
      guard let path = directory?.resolving(output.path), !path.isRoot else {
        throw WorkspaceError.outside("output \(PathQuoting.quoted(output.path)) of '\(stage.name)'")
      }
      if path.isReserved {
        throw WorkspaceError.isInternal("\(path), an output of '\(stage.name)',")
      }
      if CatalogFiles.isOwn(path) {
        throw WorkspaceError.isPointer("\(path), an output of '\(stage.name)',")
      }
      let record = lock?.outputs.first { $0.path == output.path }
      return TrackedOutput(
        path: path, record: record ?? OutputRecord(path: output.path),
        origin: .stage(name: stage.name, folder: folder), isCached: output.isCached,
        isPushed: output.isPushed, remote: output.remote)
    }
  }

  // MARK: Looking up

  /// The output at `path`, or the one that `path` lies below.
  func output(containing path: RepositoryPath) -> TrackedOutput? {
    var candidate = path
    while !candidate.isRoot {
      if let index = index(of: candidate) { return outputs[index] }
      candidate = candidate.parent
    }
    return nil
  }

  /// The output at `path` itself.
  func output(at path: RepositoryPath) -> TrackedOutput? { index(of: path).map { outputs[$0] } }

  /// The outputs that lie at or below `path`.
  func outputs(inside path: RepositoryPath) -> [TrackedOutput] {
    outputs.filter { $0.path.isInside(path) }
  }

  /// Whether `path` lies in a folder that could not be looked into, or around one: then it cannot be
  /// told that it is not tracked, or what it holds.
  func touchesClosedFolder(_ path: RepositoryPath) -> Bool {
    closedFolders.contains { path.isInside($0) || $0.isInside(path) }
  }

  private func index(of path: RepositoryPath) -> Int? {
    var (low, high) = (0, outputs.count)
    while low < high {
      let middle = (low + high) / 2
      if outputs[middle].path < path { low = middle + 1 } else { high = middle }
    }
    return low < outputs.count && outputs[low].path == path ? low : nil
  }
}
