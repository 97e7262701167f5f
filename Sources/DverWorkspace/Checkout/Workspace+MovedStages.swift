import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// Stages whose folder has changed since they ran.
extension Workspace {
  /// Selections in which nothing is recorded of the outputs that commands made in another folder than the
  /// one they would run in now: put in the new folder, they would pass for what the commands make there.
  func forgettingOtherFolders(
    _ selections: [Selection], in catalog: Catalog
  ) throws -> [Selection] {
    let origins = Set(selections.map(\.output.origin))
    var moved: Set<TrackedOutput.Origin> = []
    for pipeline in catalog.pipelines {
      for stage in pipeline.file.stages where !stage.isFrozen {
        let origin = TrackedOutput.Origin.stage(name: stage.name, folder: pipeline.folder)
        guard origins.contains(origin), let lock = pipeline.lock[stage.name],
          let directory = pipeline.folder.resolving(Array((stage.workingDirectory ?? ".").utf8))
        else { continue }
        let address = StageAddress(
          file: pipeline.folder.appending(CatalogFiles.pipelineName.utf8), name: stage.name)
        let old = try RunRecord.earlierDirectory(
          of: lock, now: directory, runs: runsFolder.appending(address.fileName))
        if old != nil { moved.insert(origin) }
      }
    }
    guard !moved.isEmpty else { return selections }
    return selections.map { selection in
      guard moved.contains(selection.output.origin) else { return selection }
      var output = selection.output
      output.record = OutputRecord(path: output.record.path)
      return Selection(output: output, part: selection.part)
    }
  }
}
