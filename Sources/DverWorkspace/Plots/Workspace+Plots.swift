package import DverCore
import DverGit
import DverManifest
import DverPlot

/// The plots of some versions.
package struct PlotCollection: Sendable {
  /// What the versions are called, the workspace first.
  package let versions: [String]
  package let plots: [Plot]
  /// Versions that could not be read at all.
  package let problems: [Plot.Problem]

  /// - Parameter isSplit: Whether what differs between charts of one template is given apart.
  package func json(isSplit: Bool) throws -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    let errors =
      plots.flatMap { plot in plot.problems.map { $0.json(of: plot.name) } }
      + problems.map { $0.json(of: nil) }
    if !errors.isEmpty { members.append((key: "errors", value: .array(errors))) }
    let data = try plots.map { (key: $0.name, value: try $0.json(isSplit: isSplit)) }
    if !data.isEmpty { members.append((key: "data", value: .object(data))) }
    return .object(members)
  }
}

extension Workspace {
  /// The plots that pipelines define, and others that the user names.
  package func plots(_ options: PlotOptions) throws -> PlotCollection {
    var options = options
    options.targets = options.targets.map {
      String(decoding: relative(Array($0.utf8), to: currentFolder), as: UTF8.self)
    }
    if options.takesRevisions { options = try tellingRevisions(options) }
    let versions = try plotVersions(options)
    var problems: [Plot.Problem] = []
    var found: [PlotVersion] = []
    for version in versions {
      switch ReadingProblem.catching({ try self.plotVersion(version, options) }) {
      case .success(let read): found.append(read)
      case .failure(let problem):
        problems.append(Plot.Problem(version: version.name, source: nil, problem: problem))
      }
    }
    if problems.isEmpty { try addUnknownTargets(of: options, to: &found) }
    let names = versions.map(\.name)
    let groups = PlotGroups(found)
    let plots = try groups.names.map { try plot($0, groups[$0], versions: names) }
    return PlotCollection(versions: names, plots: plots, problems: problems)
  }

  /// The options with targets that can only be revisions among the revisions.
  private func tellingRevisions(_ options: PlotOptions) throws -> PlotOptions {
    guard !options.targets.isEmpty, let git = try git() else { return options }
    let known = try? plotVersion(.workspace, options).definitions
    var told = options
    told.targets = []
    for target in options.targets {
      if known?.contains(where: { $0.isNamed(by: [target]) }) != true,
        try git.resolveIfPresent(target) != nil
      {
        told.revisions.append(target)
      } else {
        told.targets.append(target)
      }
    }
    return told
  }

  /// The versions to show, the workspace first.
  private func plotVersions(_ options: PlotOptions) throws -> [NamedVersion] {
    var names = options.revisions
    if options.compares {
      let git = try requiredGit(for: "plots diff")
      guard try git.head().commit != nil else { return [] }
      // As in DVC: where nothing has changed, HEAD would be drawn over itself. Not every index can be
      // read here.
      if names.isEmpty, (try? git.hasChanges() || hasEditedPlots(options)) ?? true {
        names.append("HEAD")
      }
      if names.count <= 1 { names.append(NamedVersion.workspaceName) }
    }
    if names.isEmpty { return [.workspace] }
    let git = try requiredGit(for: "a revision")
    var seen: Set<String> = []
    let versions = try names.filter { seen.insert($0).inserted }
      .map { try version(named: $0, in: git) }
    return versions.filter { $0.revision == nil } + versions.filter { $0.revision != nil }
  }

  /// Whether data that plots show, and that git does not see, is not as recorded.
  private func hasEditedPlots(_ options: PlotOptions) throws -> Bool {
    let version = try plotVersion(.workspace, options)
    let paths = version.definitions.flatMap(\.sources).compactMap { try? path(of: $0.pathBytes) }
    let outputs = Dictionary(
      paths.compactMap { version.files.catalog.output(containing: $0) }.map { ($0.path, $0) }
    ) { first, _ in first }
    let scanner = ContentScanner(workspace: self)
    return try outputs.values.contains { output in
      try output.isCached && !output.isRecorded(scanner.content(of: output))
    }
  }

  private func plotVersion(
    _ version: NamedVersion, _ options: PlotOptions
  ) throws -> PlotVersion {
    let files = try files(of: version)
    return PlotVersion(
      name: version.name, files: files,
      definitions: try PlotSearch.definitions(
        in: files, targets: options.targets, properties: options.properties))
  }

  /// A file of data that no version has is a plot of which nothing can be shown, as in DVC; any other
  /// name that none of them knows is a mistake.
  private func addUnknownTargets(
    of options: PlotOptions, to versions: inout [PlotVersion]
  ) throws {
    for target in options.targets {
      let isKnown = versions.contains { version in
        version.definitions.contains { $0.isNamed(by: [target]) }
      }
      if isKnown { continue }
      guard PlotRecords.isData(target) || ImageGroup.Format(fileName: target) != nil else {
        throw WorkspaceError.missing(PathQuoting.quoted(Array(target.utf8)))
      }
      for index in versions.indices {
        versions[index].definitions.append(
          PlotDefinition(id: target, listedIn: "", properties: options.properties))
      }
    }
  }

  // MARK: One plot

  /// - Parameter group: The plot's definitions, by version; never empty.
  private func plot(
    _ name: String, _ group: [PlotGroups.Entry], versions: [String]
  ) throws -> Plot {
    // What the first version says counts for all of them.
    let properties = group.reversed().reduce(PlotProperties()) {
      $0.overridden(by: $1.definition.properties)
    }
    let id = group.first?.definition.id ?? name
    if ImageGroup.Format(fileName: id) != nil { return images(id, group) }
    let template = try PlotTemplate.named(properties.template, in: self)
    var problems: [Plot.Problem] = []
    var points: [(version: String, points: PlotPoints)] = []
    for entry in group {
      let hasHeading = properties.hasHeading ?? true
      let (data, unread) = self.data(of: entry, hasHeading: hasHeading)
      problems += unread
      do {
        let found = try PlotPoints(id, properties, data: data, version: entry.version)
        points.append((version: entry.version, points: found))
      } catch let error as PlotError {
        let problem = ReadingProblem(type: error.type, message: error.message)
        problems.append(Plot.Problem(version: entry.version, source: nil, problem: problem))
      }
    }
    let chart = PlotChart(
      title: properties.title ?? name, points, template: template, allVersions: versions)
    return Plot(name: name, content: .chart(chart), problems: problems)
  }

  private func images(_ id: String, _ group: [PlotGroups.Entry]) -> Plot {
    var images: [ImageGroup.Image] = []
    var problems: [Plot.Problem] = []
    for entry in group {
      guard let format = ImageGroup.Format(fileName: id) else { continue }
      switch entry.files.content(named: id) {
      case .success(let bytes):
        images.append(ImageGroup.Image(caption: entry.version, format: format, bytes: bytes))
      case .failure(let problem):
        problems.append(Plot.Problem(version: entry.version, source: id, problem: problem))
      }
    }
    return Plot(
      name: id, content: .images(ImageGroup(title: id, images: images)), problems: problems)
  }

  /// What the files of a plot hold, by name.
  private func data(
    of entry: PlotGroups.Entry, hasHeading: Bool
  ) -> ([String: ParameterValue], [Plot.Problem]) {
    var data: [String: ParameterValue] = [:]
    var problems: [Plot.Problem] = []
    for source in entry.definition.sources {
      let value = entry.files.content(named: source).flatMap { bytes in
        ReadingProblem.catching(format: ValueFile.Format(source)) {
          try PlotRecords.read(bytes, source: source, hasHeading: hasHeading)
        }
      }
      switch value {
      case .success(let value): if value.isTruthy { data[source] = value }
      case .failure(let problem):
        problems.append(Plot.Problem(version: entry.version, source: source, problem: problem))
      }
    }
    return (data, problems)
  }
}

/// One version, with the plots that it defines.
struct PlotVersion {
  let name: String
  let files: FileVersion
  var definitions: [PlotDefinition]
}

/// Plots of several versions, put together by name.
struct PlotGroups {
  struct Entry {
    let version: String
    let files: FileVersion
    let definition: PlotDefinition
  }

  /// In the order of first appearance.
  private(set) var names: [String] = []
  private var entries: [String: [Entry]] = [:]

  init(_ versions: [PlotVersion]) {
    for version in versions {
      let counts = Dictionary(version.definitions.map { ($0.id, 1) }, uniquingKeysWith: +)
      for definition in version.definitions {
        let name = counts[definition.id] == 1 ? definition.id : definition.fullID
        if entries[name] == nil { names.append(name) }
        entries[name, default: []].append(
          Entry(version: version.name, files: version.files, definition: definition))
      }
    }
  }

  subscript(name: String) -> [Entry] { entries[name] ?? [] }
}

extension FileVersion {
  /// The content of the file with this name, counted from the user's folder.
  fileprivate func content(named name: String) -> Result<[UInt8], ReadingProblem> {
    ReadingProblem.catching {
      try contents(of: workspace.path(of: name.pathBytes))
    }
  }
}

extension String {
  /// The path that this is, or that it is the quoted form of.
  var pathBytes: [UInt8] {
    let bytes = Array(utf8)
    guard bytes.first == UInt8(ascii: "\"") else { return bytes }
    return PathQuoting.unquote(bytes.span) ?? bytes
  }
}
