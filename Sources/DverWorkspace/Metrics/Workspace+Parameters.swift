import DverCore
import DverGit
import DverManifest

extension Workspace {
  /// What changed in the parameters between two versions.
  package func parametersDifference(_ options: ComparisonOptions) throws -> ValueDifference {
    let paths = try options.targets.map { try path(of: $0) }
    return try difference(options, for: "params diff") { version in
      try self.parameters(
        in: version, targets: paths, dependenciesOnly: options.dependenciesOnly)
    }
  }

  private func parameters(
    in version: FileVersion, targets: [RepositoryPath], dependenciesOnly: Bool
  ) throws -> [VersionValues.FileValues] {
    var wanted = WantedParameters()
    if targets.isEmpty {
      wanted.addStages(of: version.catalog)
      if !dependenciesOnly { try wanted.addFiles(of: version) }
    } else {
      for target in targets { wanted.add(target) }
    }
    var seen: Set<RepositoryPath> = []
    let values = try wanted.files.flatMap { file in
      try version.expanding([file.path]).filter { seen.insert($0).inserted }.map { path in
        VersionValues.FileValues(
          path: path, value: version.value(at: path).map { $0.selecting(file.keys) })
      }
    }
    return targets.isEmpty ? values + version.catalog.templateValues(without: seen) : values
  }
}

extension Catalog {
  /// The values that templates of stages use, of files that are not `known`.
  fileprivate func templateValues(
    without known: Set<RepositoryPath>
  ) -> [VersionValues.FileValues] {
    var order: [RepositoryPath] = []
    var members: [RepositoryPath: [ParameterValue.Member]] = [:]
    for pipeline in pipelines {
      for file in pipeline.file.stages.flatMap(\.trackedValues.files) {
        guard let path = pipeline.folder.resolving(Array(file.path.utf8)), !known.contains(path)
        else { continue }
        if members[path] == nil { order.append(path) }
        for value in file.values
        where members[path]?.contains(where: { $0.key == value.key }) != true {
          members[path, default: []].append(.init(key: value.key, value: value.value))
        }
      }
    }
    return order.map {
      VersionValues.FileValues(path: $0, value: .success(.map(members[$0] ?? [])))
    }
  }
}

/// The parameter files to show, and of each the keys, or all of it.
private struct WantedParameters {
  struct File {
    let path: RepositoryPath
    /// Empty for all of the file.
    var keys: [String]
  }

  private(set) var files: [File] = []

  /// - Parameter keys: Empty for all of the file, which then stays so.
  mutating func add(_ path: RepositoryPath, keys: [String] = []) {
    guard let index = files.firstIndex(where: { $0.path == path }) else {
      return files.append(File(path: path, keys: keys))
    }
    if files[index].keys.isEmpty { return }
    files[index].keys = keys.isEmpty ? [] : files[index].keys + keys
  }

  /// What stages depend on.
  mutating func addStages(of catalog: Catalog) {
    for pipeline in catalog.pipelines {
      for stage in pipeline.file.stages {
        guard let directory = pipeline.directory(of: stage) else { continue }
        for selection in stage.parameters {
          let file = PathText.bytes(of: selection.file) ?? Array(selection.file.utf8)
          if let path = directory.resolving(file) { add(path, keys: selection.keys) }
        }
      }
    }
  }

  /// What pipelines name themselves, and the default file.
  mutating func addFiles(of version: FileVersion) throws {
    for pipeline in version.catalog.pipelines {
      for file in pipeline.file.parameterFiles {
        if let path = pipeline.folder.resolving(file) { add(path) }
      }
    }
    let standard = RepositoryPath(normalized: Array("params.yaml".utf8))
    if try version.isFile(standard) { add(standard) }
  }
}

extension ParameterValue {
  /// The parts of a map that dotted keys name, in their places; all of it if there are none.
  fileprivate func selecting(_ keys: [String]) -> ParameterValue {
    guard !keys.isEmpty else { return self }
    var selected = ParameterValue.map([])
    for key in keys {
      let steps = key.split(whereSeparator: { $0 == "." || $0 == "[" })
        .map { String($0.last == "]" ? $0.dropLast() : $0) }
      if let value = value(at: steps[...]) {
        selected.insert(value, at: steps[...])
      } else if let value = value(at: [key]) {
        selected.insert(value, at: [key])
      }
    }
    return selected
  }

  private func value(at steps: ArraySlice<String>) -> ParameterValue? {
    guard let step = steps.first else { return self }
    switch self {
    case .map(let members):
      return members.first { $0.key == step }?.value.value(at: steps.dropFirst())
    case .list(let items):
      guard let position = Int(step), items.indices.contains(position) else { return nil }
      return items[position].value(at: steps.dropFirst())
    default: return nil
    }
  }

  private mutating func insert(_ value: ParameterValue, at steps: ArraySlice<String>) {
    guard let step = steps.first else {
      self = value
      return
    }
    var members: [Member] = []
    if case .map(let present) = self { members = present }
    let index = members.firstIndex { $0.key == step } ?? members.count
    if index == members.count { members.append(Member(key: step, value: .map([]))) }
    members[index].value.insert(value, at: steps.dropFirst())
    self = .map(members)
  }
}
