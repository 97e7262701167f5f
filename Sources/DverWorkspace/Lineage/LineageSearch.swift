import DverCore
import DverGit
import DverManifest

/// Follows a path back through the stages of a catalog.
struct LineageSearch {
  private let workspace: Workspace
  private let catalog: Catalog
  private var lineage = Lineage()
  /// What is read, in the order of steps.
  private var readings: [Reading] = []
  private var numbers: [Reading: Int] = [:]
  /// Stages with the place of their pipeline, by origin.
  private var stages: [TrackedOutput.Origin: (pipeline: Int, stage: Stage)] = [:]

  /// A path as something reads it.
  private struct Reading: Hashable {
    /// `nil` outside of the workspace.
    let path: RepositoryPath?
    let written: [UInt8]
    let version: ContentName?
  }

  private init(_ workspace: Workspace, _ catalog: Catalog) {
    self.workspace = workspace
    self.catalog = catalog
    for (place, pipeline) in catalog.pipelines.enumerated() {
      for stage in pipeline.file.stages {
        stages[.stage(name: stage.name, folder: pipeline.folder)] = (place, stage)
      }
    }
  }

  /// - Throws: ``LineageError``.
  static func run(
    _ path: RepositoryPath, in catalog: Catalog, of workspace: Workspace
  ) throws -> Lineage {
    let output = catalog.output(containing: path)
    guard output != nil || !catalog.outputs(inside: path).isEmpty else {
      throw LineageError.unknown(workspace.displayed(path))
    }
    var search = LineageSearch(workspace, catalog)
    let version = output?.path == path ? output?.name : nil
    _ = search.number(of: Reading(path: path, written: path.bytes, version: version))
    // Whatever a step reads becomes a step behind it.
    while search.lineage.steps.count < search.readings.count {
      let step = search.step(search.readings[search.lineage.steps.count])
      search.lineage.steps.append(step)
    }
    return search.lineage
  }

  private mutating func number(of reading: Reading) -> Int {
    if let known = numbers[reading] { return known }
    numbers[reading] = readings.count
    readings.append(reading)
    return readings.count - 1
  }

  private mutating func step(_ reading: Reading) -> Lineage.Step {
    let output = reading.path.flatMap { catalog.output(containing: $0) }
    let isWhole = output?.path == reading.path
    let present = isWhole ? output?.name : nil
    let (origin, inputs) = origin(of: reading, output)
    return Lineage.Step(
      path: reading.path.map { workspace.displayed($0) } ?? PathQuoting.quoted(reading.written),
      key: .path(reading.path.map { workspace.relativeToCurrent($0) } ?? reading.written),
      version: reading.version, part: isWhole ? nil : output.map { workspace.displayed($0.path) },
      present: present != reading.version ? present : nil, origin: origin,
      inputs: inputs.map { number(of: $0) })
  }

  private func origin(
    of reading: Reading, _ output: TrackedOutput?
  ) -> (Lineage.Origin, [Reading]) {
    guard let path = reading.path else { return (.source, []) }
    guard let output else {
      let inside = catalog.outputs(inside: path)
      guard !inside.isEmpty else { return (.source, []) }
      return (
        .folder,
        inside.map { Reading(path: $0.path, written: $0.path.bytes, version: $0.name) }
      )
    }
    switch output.origin {
    case .pointer(let pointer):
      let file = catalog.pointers.first { $0.path == pointer }?.file
      return (.pointer(workspace.displayed(pointer), imports: file?.dependencies ?? []), [])
    case .stage(let name, let folder):
      guard let (pipeline, stage) = stages[output.origin] else { return (.source, []) }
      let lock = catalog.pipelines[pipeline].lock[name]
      let directory = folder.resolving(Array((stage.workingDirectory ?? ".").utf8))
      let records = lock?.dependencies ?? stage.dependencies.map { OutputRecord(path: $0) }
      let inputs = records.map { record in
        Reading(
          path: directory?.resolving(record.path), written: record.path, version: record.name)
      }
      let file = folder.appending(CatalogFiles.pipelineName.utf8)
      let shown =
        folder == workspace.currentFolder ? name : "\(workspace.displayed(file)):\(name)"
      return (.stage(Lineage.MakingStage(name: shown, lock: lock)), inputs)
    }
  }
}

extension Workspace {
  /// What a path was made of, as the workspace or a revision records it.
  ///
  /// - Parameter revision: A revision of git; the workspace where there is none.
  package func lineage(of path: [UInt8], revision: String? = nil) throws -> Lineage {
    let target = try self.path(of: path)
    guard let revision else {
      return try LineageSearch.run(target, in: try catalog(), of: self)
    }
    let git = try requiredGit(for: "lineage --rev")
    return try LineageSearch.run(
      target, in: try catalog(of: try git.resolve(revision), in: git), of: self)
  }
}

/// Why a path has no lineage.
enum LineageError: DverError {
  case unknown(String)

  var message: String {
    switch self {
    case .unknown(let path): "\(path) is neither an output of a stage nor tracked by dver"
    }
  }

  var hint: String? { "run 'dver dag --outs' to see what there is" }
}
