import DverCore
package import DverFileSystem
import DverManifest
import DverObjectStore
package import DverParallel
import DverPipeline

extension Workspace {
  /// The workspace in a folder, which there need not be yet; ``migrate(_:)`` makes it.
  package static func forMigration(
    at folder: AbsolutePath, options: MigrateOptions, progress: Progress,
    cancellation: Cancellation, notices: Notices
  ) throws -> Workspace {
    guard try !FileSystem.exists(folder.appending(".dver/config")) else {
      return try open(
        from: folder, progress: progress, cancellation: cancellation, notices: notices)
    }
    let folder = try folder.resolvingLinks()
    return Workspace(
      root: folder, current: folder, progress: progress, cancellation: cancellation,
      notices: notices)
  }

  /// Makes the workspace track what a project of DVC tracks.
  ///
  /// Nothing is written in the workspace before all data is in the cache. Files of DVC stay, unless
  /// they are asked to go. Where there was no workspace, a refusal leaves none; after a failure of
  /// another kind it stays, with what was taken over, and running this again goes on from there.
  ///
  /// - Throws: With nothing changed, where data that a `.dvc` file names cannot be found.
  package func migrate(_ options: MigrateOptions) throws -> MigrateSummary {
    let project = try DVCProject(at: options.source ?? root, isSource: options.source != nil)
    let source = try options.source.map { try view(of: $0.resolvingLinks()) } ?? self
    // What cannot be converted is refused before there is a workspace.
    var migration = try Migration(project, source: source)
    try refuseOthers(of: migration)
    let beginning = try MigrationStart(self, project)
    let transaction: StoreTransaction
    let objects: DVCObjects
    let linked: [RepositoryPath]
    do {
      try beginning.makeWorkspace()
      (transaction, objects, linked) = try convert(
        &migration, of: project, from: source, keepingFiles: options.keepsFiles)
    } catch let error where error is WorkspaceError || error is FileFormatError {
      try beginning.takeBack()
      throw error
    }
    try transaction.finish()
    try transaction.store.settle()
    var summary = try configureAsDVC(project)
    summary.pointers = migration.pointers.map(\.path)
    summary.stages = migration.stageNames
    summary.forgottenStages = migration.forgottenStages
    summary.objectCount = transaction.newObjectCount.current
    summary.byteCount = transaction.newByteCount.current
    try saveIndexes()
    progress.end()
    try placeData(source === self ? linked : migration.data, isCopy: source !== self)
    if options.removesDVC, source === self { try remove(project, taken: objects) }
    return summary
  }

  /// Takes the data over and writes the files of dver.
  ///
  /// - Returns: What took the data, what was found, and outputs in which links stood for files.
  private func convert(
    _ migration: inout Migration, of project: DVCProject, from source: Workspace,
    keepingFiles: Bool
  ) throws -> (StoreTransaction, DVCObjects, linked: [RepositoryPath]) {
    let transaction = try storing()
    var objects = DVCObjects(project, self, transaction)
    try objects.take(migration.wanted())
    var conversion = DVCConversion(
      self, source: source, objects: objects, transaction: transaction)
    try migration.convertOutputs(&conversion)
    try migration.refuseMissing()
    try transaction.publish()
    if source !== self {
      try copySources(of: project, except: migration.data, keepingFiles: keepingFiles)
    }
    try perform("dver migrate") { try ignoreChanges(project) }
    try perform("dver migrate") { try changes(of: &migration, &conversion) }
    return (transaction, objects, conversion.linked)
  }

  /// Another project, to read it.
  private func view(of folder: AbsolutePath) throws -> Workspace {
    guard folder != root, !root.bytes.starts(with: folder.bytes + [RepositoryPath.slash]) else {
      throw WorkspaceError.failed(
        "the project of DVC and its copy are one folder, or one is inside the other",
        hint: "without --from, the project in the present folder is converted where it is")
    }
    return Workspace(
      root: folder, current: folder, progress: progress, cancellation: cancellation,
      notices: notices)
  }

  // MARK: Files of dver

  private func ignoreChanges(_ project: DVCProject) throws -> Changes {
    var changes = Changes()
    var texts: [RepositoryPath: [UInt8]] = [.root: []]
    for file in project.ignoreFiles {
      texts[file.parent] = try FileSystem.contents(of: project.root.appending(file)) ?? []
    }
    for (folder, text) in texts.sorted(by: { $0.key < $1.key }) {
      let path = folder.appending(".dverignore".utf8)
      let old = try FileSystem.contents(of: root.appending(path))
      // dver has nothing to look for among DVC's objects.
      let own = folder.isRoot ? text + Array("\n/.dvc/\n".utf8) : text
      let lines = Self.appending(linesOf: own, to: old ?? [])
      if lines != old { changes.texts.append(TextChange(path: path, old: old, new: lines)) }
    }
    return changes
  }

  /// A text with those lines of another that it lacks behind its own.
  private static func appending(linesOf other: [UInt8], to text: [UInt8]) -> [UInt8] {
    let end = UInt8(ascii: "\n")
    var result = text
    var present = Set(text.split(separator: end))
    for line in other.split(separator: end) where present.insert(line).inserted {
      if let last = result.last, last != end { result.append(end) }
      result += line + [end]
    }
    return result
  }

  private func changes(
    of migration: inout Migration, _ conversion: inout DVCConversion
  ) throws -> Changes {
    var changes = Changes()
    var ignores = IgnoreLines(workspace: self)
    for pointer in migration.pointers {
      let pointerText = try text(newText(of: pointer), at: pointer.path)
      let isNew = pointerText.old == nil
      changes.texts.append(pointerText)
      for (output, path) in zip(pointer.file.outputs, pointer.places) where output.isCached {
        try ignores.add(path)
        if isNew { changes.manifests.append(contentsOf: manifest(output.record, at: path)) }
      }
    }
    for pipeline in migration.pipelines {
      let path = pipeline.folder.appending(CatalogFiles.pipelineName.utf8)
      changes.texts.append(try text(pipeline.definition, at: path))
      let entries = try migration.entries(of: pipeline, &conversion)
      let lockPath = pipeline.folder.appending(CatalogFiles.lockName.utf8)
      let isNew = try !FileSystem.exists(root.appending(lockPath))
      if !entries.isEmpty {
        let lock = try LockFile.replacing(
          entries, in: [], definition: pipeline.stages.map(\.stage.address.name),
          source: lockPath.description)
        changes.texts.append(try text(lock, at: lockPath))
      }
      for (stage, _) in pipeline.stages {
        let lock = entries.first { $0.name == stage.address.name }?.lock
        for (output, place) in zip(stage.stage.outputs, stage.outputs) where output.isCached {
          try ignores.add(place)
          guard isNew, let record = lock?.outputs.first(where: { $0.path == output.path }) else {
            continue
          }
          changes.manifests.append(contentsOf: manifest(record, at: place))
        }
      }
    }
    changes.texts = ignores.changes + changes.texts.filter { $0.old != $0.new }
    return changes
  }

  /// Comments stay; a text without any is written as dver does it.
  private func newText(of pointer: Migration.Pointer) -> [UInt8] {
    guard pointer.original.hasComments else { return pointer.file.printed() }
    if let text = pointer.original.edited(to: pointer.file) { return text }
    notices.warning("\(displayed(pointer.path)) has not the comments of DVC's file")
    return pointer.file.printed()
  }

  private func manifest(_ record: OutputRecord, at path: RepositoryPath) -> [ManifestChange] {
    guard let digest = record.name?.directoryDigest else { return [] }
    return [ManifestChange(path: path, old: nil, new: digest)]
  }

  /// Refuses pipelines that somebody wrote for dver already, before any work is done.
  private func refuseOthers(of migration: Migration) throws {
    for pipeline in migration.pipelines {
      let path = pipeline.folder.appending(CatalogFiles.pipelineName.utf8)
      _ = try text(pipeline.definition, at: path)
    }
  }

  /// - Throws: Where there is a file that says something else.
  private func text(_ new: [UInt8], at path: RepositoryPath) throws -> TextChange {
    let old = try FileSystem.contents(of: root.appending(path))
    guard old == nil || old == new else {
      throw WorkspaceError.failed(
        "\(displayed(path)) exists already and says something else than DVC's file",
        hint: "move it away to convert the project anew")
    }
    return TextChange(path: path, old: old, new: new)
  }

  // MARK: Data

  /// Puts files in the place of DVC's links, or all data into a copy.
  private func placeData(_ paths: [RepositoryPath], isCopy: Bool) throws {
    guard !paths.isEmpty else { return }
    let catalog = try catalog()
    let selections = paths.compactMap { path in
      catalog.output(containing: path).map { Selection(output: $0, part: nil) }
    }
    var options = CheckoutOptions()
    // DVC's links would count as changes of the user's; what they lead to is in the cache.
    options.force = !isCopy
    options.command = nil
    try refuse(try checkout(selections, options: options), options: options)
  }
}
