import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// A stage, or a pointer file, in a list.
package struct StageSummary: Sendable {
  /// The stage's name, with its file in front where that is not of the current folder; or the path
  /// of the pointer file.
  package let name: String
  /// The first line of `desc`, or what the stage writes or reads.
  package let summary: String
  package let isFrozen: Bool
  package let alwaysRuns: Bool
}

extension Workspace {
  /// The stages that `targets` name, in file order.
  ///
  /// - Parameters:
  ///   - targets: Stages, groups, `dver.yaml` files, outputs; the file of the current folder if
  ///     empty.
  ///   - isRecursive: Whether a folder stands for all stages below it.
  package func stages(_ targets: [[UInt8]], isRecursive: Bool = false) throws -> [StageSummary] {
    guard !targets.isEmpty else {
      let path = currentFolder.appending(CatalogFiles.pipelineName.utf8)
      if bare != nil { return try stagesOfHead(in: path) }
      guard let bytes = try FileSystem.contents(of: root.appending(path)) else {
        throw WorkspaceError.missing(displayed(path))
      }
      return try definition(at: path, bytes: bytes).stages.map { summary(of: $0, in: path) }
    }
    let catalog = try catalog()
    let graph = try Pipelines(catalog, root: root).graph
    var (stages, tracked): (Set<Int>, Set<Int>) = ([], [])
    for target in targets {
      let selection = try graph.select(
        String(decoding: target, as: UTF8.self), from: currentFolder, isRecursive: isRecursive)
      warnOfIgnoredName(in: target, catalog)
      stages.formUnion(selection.stages)
      tracked.formUnion(selection.tracked)
    }
    return tracked.sorted().map { summary(of: graph.tracked[$0]) }
      + stages.sorted().map {
        summary(of: graph.stages[$0].stage, in: graph.stages[$0].address.file)
      }
  }

  private func stagesOfHead(in file: RepositoryPath) throws -> [StageSummary] {
    guard let found = try catalog().pipelines.first(where: { $0.folder == file.parent }) else {
      throw WorkspaceError.missing(displayed(file))
    }
    return found.file.stages.map { summary(of: $0, in: file) }
  }

  /// All pointer files and stages of the workspace.
  ///
  /// - Parameter requiresAll: Whether a file that cannot be read is an error, not left out with a
  ///   warning.
  package func allStages(requiringAll requiresAll: Bool) throws -> [StageSummary] {
    let catalog = requiresAll ? try catalog() : try readableCatalog()
    return try catalog.pointers.map { pointer in
      let outputs = try Catalog.outputs(of: pointer.file, at: pointer.path)
      return StageSummary(
        name: displayed(pointer.path),
        summary: "Outputs " + outputs.map { displayed($0.path) }.joined(separator: ", "),
        isFrozen: pointer.file.isFrozen, alwaysRuns: false)
    }
      + catalog.pipelines.flatMap { pipeline in
        let path = pipeline.folder.appending(CatalogFiles.pipelineName.utf8)
        return pipeline.file.stages.map { summary(of: $0, in: path) }
      }
  }

  private func readableCatalog() throws -> Catalog {
    if bare != nil { return try catalog() }
    let warn = { [notices] (error: any DverError) in notices.warning(error.message) }
    return try Catalog(
      CatalogSearch.run(in: self, onBrokenPipeline: warn, onBrokenPointer: warn))
  }

  private func summary(of tracked: TrackedPath) -> StageSummary {
    StageSummary(
      name: displayed(tracked.pointer), summary: "Outputs \(displayed(tracked.path))",
      isFrozen: false, alwaysRuns: false)
  }

  private func summary(of stage: Stage, in file: RepositoryPath) -> StageSummary {
    let isHere = file.parent == currentFolder
    return StageSummary(
      name: isHere ? stage.name : "\(displayed(file)):\(stage.name)",
      summary: stage.listedSummary, isFrozen: stage.isFrozen, alwaysRuns: stage.alwaysRuns)
  }
}

extension Stage {
  /// The first line of the description, or else what the stage writes, or else what it reads.
  fileprivate var listedSummary: String {
    let line = summary?.split(whereSeparator: \.isNewline)
      .first { !$0.allSatisfy(\.isWhitespace) }
    if let line { return Self.shortened(String(line)) }
    func names(_ paths: some Sequence<[UInt8]>) -> String {
      paths.map { PathQuoting.quoted($0) }.joined(separator: ", ")
    }
    if outputs.isEmpty {
      let reads = dependencies + parameters.map { Array($0.file.utf8) }
      return reads.isEmpty
        ? "No outputs or dependencies" : Self.shortened("Depends on " + names(reads))
    }
    let data = outputs.filter { $0.kind == .data }
    let reports = outputs.filter { $0.kind != .data }
    var parts: [String] = []
    if !data.isEmpty { parts.append("Outputs " + names(data.map(\.path))) }
    if !reports.isEmpty { parts.append("Reports " + names(reports.map(\.path))) }
    return Self.shortened(parts.joined(separator: "; "))
  }

  /// As much of a text as fits beside a name.
  private static func shortened(_ text: String) -> String {
    text.utf8.count <= 80 || text.count <= 80 ? text : text.prefix(79) + "…"
  }
}
