import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// What becomes of a project's pointers and stages.
struct Migration {
  struct Pointer {
    /// Of the `.dver` file.
    let path: RepositoryPath
    let original: DVCPointer
    let file: PointerFile
    /// The paths of its outputs, in their order.
    let places: [RepositoryPath]
  }

  /// A pipeline with its stages, each with what DVC recorded of it.
  struct Pipeline {
    let folder: RepositoryPath
    let definition: [UInt8]
    let stages: [(stage: ResolvedStage, lock: DVCStageLock?)]
  }

  private let project: DVCProject
  let pipelines: [Pipeline]
  private(set) var pointers: [Pointer] = []
  /// Data that `.dvc` files name and that was not found.
  private var missing: [RepositoryPath] = []
  private(set) var stageNames: [String] = []
  /// Stages whose outputs were not found.
  private(set) var forgottenStages: [String] = []
  /// The outputs of stages that were found.
  private var stageData: [RepositoryPath] = []

  /// - Parameter source: Where the project is, for the parameters of templates.
  init(_ project: DVCProject, source: Workspace) throws {
    self.project = project
    pipelines = try project.pipelines.map { pipeline in
      let path = pipeline.folder.appending(DVCProject.pipelineName.utf8)
      let file = try PipelineFile(
        bytes: pipeline.definition, source: path.description,
        parameters: WorkspaceParameters(source, folder: pipeline.folder),
        options: source.configuration().templateOptions)
      let stages = try StageGraph(
        root: source.root, files: [StageFile(path: path, stages: file.stages)]
      ).stages
      let locks = Dictionary(pipeline.locks.map { ($0.name, $0) }) { first, _ in first }
      return Pipeline(
        folder: pipeline.folder, definition: pipeline.definition,
        stages: stages.map { ($0, locks[$0.address.name]) })
    }
  }

  /// What is to be taken over, with the paths in the workspace.
  func wanted() throws -> [(hash: DVCHash, path: RepositoryPath)] {
    let tracked = try project.pointers.flatMap { pointer in
      try pointer.file.outputs.map { ($0, try place(of: $0, in: pointer.directory, pointer.path)) }
    }
    let made = pipelines.flatMap(\.stages).flatMap { stage, lock in
      (lock?.outputs ?? []).compactMap { record in
        stage.directory.resolving(record.path).map { (record, $0) }
      }
    }
    return (tracked + made).compactMap { record, path in record.hash.map { ($0, path) } }
  }

  /// All data that is in the cache now.
  var data: [RepositoryPath] { pointers.flatMap(\.places) + stageData }

  // MARK: Outputs

  /// Converts all outputs; stages look among them for what they depend on.
  mutating func convertOutputs(_ conversion: inout DVCConversion) throws {
    for pointer in project.pointers {
      let path = RepositoryPath(
        normalized: Array(pointer.path.bytes.dropLast(DVCProject.pointerSuffix.utf8.count))
      ).withSuffix(CatalogFiles.pointerSuffix)
      var (records, places): ([OutputRecord], [RepositoryPath]) = ([], [])
      for record in pointer.file.outputs {
        let place = try place(of: record, in: pointer.directory, pointer.path)
        guard let converted = try conversion.output(record, at: place) else {
          missing.append(place)
          continue
        }
        records.append(converted)
        places.append(place)
      }
      pointers.append(
        Pointer(
          path: path, original: pointer.file, file: pointer.file.pointer(records), places: places))
    }
    for (stage, lock) in pipelines.flatMap(\.stages) {
      for record in lock?.outputs ?? [] {
        guard let place = stage.directory.resolving(record.path) else { continue }
        let isCached = stage.stage.outputs.first { $0.path == record.path }?.isCached == true
        if try conversion.output(record, at: place) != nil, isCached { stageData.append(place) }
      }
    }
  }

  private func place(
    of record: DVCRecord, in folder: RepositoryPath, _ file: RepositoryPath
  ) throws -> RepositoryPath {
    guard let place = folder.resolving(record.path), !place.isReserved else {
      throw WorkspaceError.outside("\(PathQuoting.quoted(record.path)), which \(file) tracks,")
    }
    return place
  }

  /// - Throws: ``WorkspaceError/missingDVCData(_:)``.
  func refuseMissing() throws {
    guard missing.isEmpty else {
      throw WorkspaceError.missingDVCData(missing.map(\.description))
    }
  }

  // MARK: Stages

  /// The entries of `dver.lock` for the stages of a pipeline that ran.
  mutating func entries(
    of pipeline: Pipeline, _ conversion: inout DVCConversion
  ) throws -> [LockFile.Entry] {
    var entries: [LockFile.Entry] = []
    for (stage, lock) in pipeline.stages {
      let name = stage.address.name
      stageNames.append(name)
      guard let lock else { continue }
      if let converted = try Self.converted(lock, of: stage, &conversion) {
        entries.append(LockFile.Entry(name: name, lock: converted))
      } else {
        forgottenStages.append(name)
      }
    }
    return entries
  }

  private static func converted(
    _ lock: DVCStageLock, of stage: ResolvedStage, _ conversion: inout DVCConversion
  ) throws -> StageLock? {
    var outputs: [OutputRecord] = []
    for record in lock.outputs {
      guard let place = stage.directory.resolving(record.path),
        let converted = try conversion.output(record, at: place)
      else { return nil }
      outputs.append(converted)
    }
    let dependencies = try lock.dependencies.map { record in
      let place = DependencyPath(record.path, in: stage.directory, root: conversion.root)
      return try conversion.dependency(record, at: place)
    }
    return StageLock(
      commands: lock.commands, commandIsList: lock.commandIsList, dependencies: dependencies,
      parameters: lock.parameters, outputs: outputs)
  }
}
