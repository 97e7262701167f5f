import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// Stages whose folder has changed since they ran.
extension Workspace {
  /// Selections in which nothing is recorded of the outputs that commands made in another folder than the
  /// one they would run in now: put in the new folder, they would pass for what the commands make there.
  /// The user is told which those are.
  func forgettingOtherFolders(
    _ selections: [Selection], in catalog: Catalog
  ) throws -> (selections: [Selection], leftAlone: [RepositoryPath]) {
    let origins = Set(selections.map(\.output.origin))
    var moved: [TrackedOutput.Origin: RepositoryPath] = [:]
    for pipeline in catalog.pipelines {
      for stage in pipeline.file.stages where !stage.isFrozen {
        let origin = TrackedOutput.Origin.stage(name: stage.name, folder: pipeline.folder)
        guard origins.contains(origin), let lock = pipeline.lock[stage.name],
          let directory = pipeline.folder.resolving(Array((stage.workingDirectory ?? ".").utf8))
        else { continue }
        let address = StageAddress(
          file: pipeline.folder.appending(CatalogFiles.pipelineName.utf8), name: stage.name)
        moved[origin] = try RunRecord.earlierDirectory(
          of: lock, now: directory, runs: runsFolder.appending(address.fileName))
      }
    }
    guard !moved.isEmpty else { return (selections, []) }
    var leftAlone: [RepositoryPath] = []
    let known = selections.map { selection in
      guard let folder = moved[selection.output.origin] else { return selection }
      var output = selection.output
      if output.isCached, output.name != nil {
        leftAlone.append(output.path)
        notices.warning(
          "\(displayed(output.path)) is left alone: its stage made it in \(displayed(folder)) and "
            + "would run elsewhere now")
      }
      output.record = OutputRecord(path: output.record.path)
      return Selection(output: output, part: selection.part)
    }
    return (known, leftAlone)
  }
}
