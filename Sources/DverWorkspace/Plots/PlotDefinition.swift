import DverCore
import DverManifest

/// A plot as one version defines it.
struct PlotDefinition: Sendable {
  /// The name of the file, or the name that a pipeline gives to a plot of several files.
  let id: String
  /// The pipeline file that lists the plot by itself, counted from the user's folder; empty for
  /// outputs of stages and files that the user names.
  let listedIn: String
  var properties: PlotProperties

  /// How the plot is called where several files define one of its name.
  var fullID: String { listedIn.isEmpty ? id : "\(listedIn)::\(id)" }

  /// The names of the files that it takes its data from.
  var sources: [String] {
    var names: [String] = []
    if case .files(let files)? = properties.y { names = files.map(\.file) } else { names = [id] }
    if case .files(let files)? = properties.x, let first = files.first { names.append(first.file) }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// Whether one of the user's targets names the plot, its pipeline, or a folder that it is in.
  func isNamed(by targets: [String]) -> Bool {
    targets.isEmpty
      || targets.contains { target in
        [id, fullID].contains { name in
          name == target || name.hasPrefix("\(target)::")
            || name.hasPrefix(target.hasSuffix("/") ? target : "\(target)/")
        }
      }
  }
}

/// Finds the plots that a version defines.
struct PlotSearch {
  private let version: FileVersion
  private let targets: [String]
  /// What the user asks for beside what is defined.
  private let properties: PlotProperties
  private var found: [PlotDefinition] = []

  static func definitions(
    in version: FileVersion, targets: [String], properties: PlotProperties
  ) throws -> [PlotDefinition] {
    var search = PlotSearch(version: version, targets: targets, properties: properties)
    for pipeline in version.catalog.pipelines { try search.readList(of: pipeline) }
    for pipeline in version.catalog.pipelines { try search.readOutputs(of: pipeline) }
    try search.readTargets()
    return search.found
  }

  private init(version: FileVersion, targets: [String], properties: PlotProperties) {
    self.version = version
    self.targets = targets
    self.properties = properties
  }

  private func name(_ path: RepositoryPath) -> String { version.workspace.jsonKey(path) }

  private mutating func add(_ id: String, _ listedIn: String, _ properties: PlotProperties) {
    let definition = PlotDefinition(
      id: id, listedIn: listedIn, properties: properties.overridden(by: self.properties))
    guard definition.isNamed(by: targets) else { return }
    if let index = found.firstIndex(where: { $0.id == id && $0.listedIn == listedIn }) {
      found[index].properties = found[index].properties.overridden(by: definition.properties)
    } else {
      found.append(definition)
    }
  }

  /// The plots that a pipeline lists beside its stages.
  private mutating func readList(of pipeline: CatalogFiles.Pipeline) throws {
    let items = PlotListItem.items(of: pipeline.file.plots)
    let file = name(pipeline.folder.appending(CatalogFiles.pipelineName.utf8))
    let paths = items.filter(\.isFile).compactMap { pipeline.folder.resolving(Array($0.id.utf8)) }
    for item in items {
      guard item.isFile else {
        add(
          item.id, file,
          item.properties.renamingFiles { written in
            pipeline.folder.resolving(Array(written.utf8)).map(name) ?? written
          })
        continue
      }
      guard let path = pipeline.folder.resolving(Array(item.id.utf8)) else { continue }
      for member in try version.expanding([path]) {
        // The most specific item counts for a file in several folders that are listed.
        let closest = paths.filter { member.isInside($0) }.max { $0.bytes.count < $1.bytes.count }
        if closest == path { add(name(member), file, item.properties) }
      }
    }
  }

  /// The plots that stages write.
  private mutating func readOutputs(of pipeline: CatalogFiles.Pipeline) throws {
    for stage in pipeline.file.stages {
      for (path, output) in pipeline.outputs(of: stage, .plot) {
        let drawing = output.drawings.first.map { PlotProperties($0) } ?? PlotProperties()
        for member in try version.expanding([path]) { add(name(member), "", drawing) }
      }
    }
  }

  /// Files that the user names though no pipeline does.
  private mutating func readTargets() throws {
    for target in targets {
      let isKnown = found.contains { $0.isNamed(by: [target]) }
      guard !isKnown, let path = try? version.workspace.path(of: Array(target.utf8)),
        !path.isRoot
      else { continue }
      for member in try version.files(at: path) { add(name(member), "", PlotProperties()) }
    }
  }
}
