import DverCore
import DverGit
import DverManifest

/// What `metrics diff` and `params diff` compare.
package struct ComparisonOptions: Sendable {
  /// A revision in git's syntax or `workspace`; HEAD if `nil`.
  package var old: String?
  /// The workspace if `nil`.
  package var new: String?
  /// Files and folders to look into in place of those that the pipelines name; as the user wrote
  /// them.
  package var targets: [[UInt8]] = []
  package var includesUnchanged = false
  /// Only the parameters that stages depend on.
  package var dependenciesOnly = false

  package init() {}
}

extension Workspace {
  /// The metrics of the workspace and of the revisions in `scope`.
  ///
  /// The workspace is left out where it equals the branch that is checked out.
  package func metrics(
    _ targets: [[UInt8]] = [], in scope: VersionScope = VersionScope()
  ) throws -> [VersionValues] {
    let paths = try targets.map { try path(of: $0) }
    var shown = try versions(in: scope).map { version in
      values(of: version) { try self.metrics(in: $0, targets: paths) }
    }
    if let branch = try git()?.head().branch, let first = shown.first,
      first.name == NamedVersion.workspaceName,
      shown.contains(where: { $0.name == branch && $0.hasSameContent(as: first) })
    {
      shown.removeFirst()
    }
    return shown
  }

  /// What changed in the metrics between two versions.
  package func metricsDifference(_ options: ComparisonOptions) throws -> ValueDifference {
    let paths = try options.targets.map { try path(of: $0) }
    return try difference(options, for: "metrics diff") {
      try self.metrics(in: $0, targets: paths)
    }
  }

  // MARK: Reading

  private func metrics(
    in version: FileVersion, targets: [RepositoryPath]
  ) throws -> [VersionValues.FileValues] {
    let named = targets.isEmpty ? version.catalog.metricPaths : targets
    return try version.expanding(named).map { path in
      VersionValues.FileValues(
        path: path, value: version.value(at: path).map { $0.metric ?? .map([]) })
    }
  }

  /// Compares what `read` finds in two versions.
  func difference(
    _ options: ComparisonOptions, for task: String,
    read: (FileVersion) throws -> [VersionValues.FileValues]
  ) throws -> ValueDifference {
    let git = try requiredGit(for: task)
    guard try git.head().commit != nil || bare != nil else {
      let nothing = VersionValues(name: "", content: .success([]))
      return ValueDifference(from: nothing, to: nothing, includesUnchanged: false)
    }
    let old = try version(named: options.old ?? "HEAD", in: git)
    let new = try version(named: options.new ?? NamedVersion.workspaceName, in: git)
    return ValueDifference(
      from: values(of: old, read: read), to: values(of: new, read: read),
      includesUnchanged: options.includesUnchanged)
  }

  /// What `read` finds in a version, or why nothing.
  private func values(
    of version: NamedVersion, read: (FileVersion) throws -> [VersionValues.FileValues]
  ) -> VersionValues {
    VersionValues(
      name: version.name,
      content: ReadingProblem.catching { try read(files(of: version)) })
  }
}

extension FileVersion {
  /// Paths with folders replaced by the files in them, each once.
  func expanding(_ paths: [RepositoryPath]) throws -> [RepositoryPath] {
    var seen: Set<RepositoryPath> = []
    var expanded: [RepositoryPath] = []
    for path in paths {
      let files = try files(at: path)
      for file in files.isEmpty ? [path] : files where seen.insert(file).inserted {
        expanded.append(file)
      }
    }
    return expanded
  }

  /// The value that a file holds; an empty one, as DVC sees it, is an empty map.
  func value(at path: RepositoryPath) -> Result<ParameterValue, ReadingProblem> {
    let source = workspace.displayed(path)
    return ReadingProblem.catching(format: ValueFile.Format(source)) {
      let value = try ValueFile.value(bytes: contents(of: path), source: source)
      return value.isTruthy ? value : .map([])
    }
  }
}

extension ReadingProblem {
  /// What `body` returns, or the problem that it meets.
  static func catching<Value>(
    format: ValueFile.Format? = nil, _ body: () throws -> Value
  ) -> Result<Value, ReadingProblem> {
    do {
      return .success(try body())
    } catch let error as any DverError {
      return .failure(ReadingProblem(error, format: format))
    } catch {
      return .failure(ReadingProblem(type: "DverError", message: "\(error)"))
    }
  }
}

extension ParameterValue {
  /// The value without what is no metric: lists, nulls, and maps that hold nothing else.
  fileprivate var metric: ParameterValue? {
    switch self {
    case .null, .list: return nil
    case .map(let members):
      return .map(
        members.compactMap { member in
          guard let value = member.value.metric, value != .map([]) else { return nil }
          return Member(key: member.key, value: value)
        })
    default: return self
    }
  }
}

extension Catalog {
  /// Files and folders of metrics: outputs of stages first, then what pipelines name themselves.
  var metricPaths: [RepositoryPath] {
    pipelines.flatMap { pipeline in
      pipeline.file.stages.flatMap { pipeline.outputs(of: $0, .metric) }.map(\.path)
    }
      + pipelines.flatMap { pipeline in
        pipeline.file.metrics.compactMap { pipeline.folder.resolving($0) }
      }
  }
}

extension CatalogFiles.Pipeline {
  /// Where the outputs of one kind of a stage are.
  func outputs(
    of stage: Stage, _ kind: StageOutput.Kind
  ) -> [(path: RepositoryPath, output: StageOutput)] {
    guard let directory = directory(of: stage) else { return [] }
    return stage.outputs.compactMap { output in
      guard output.kind == kind, let path = directory.resolving(output.path) else { return nil }
      return (path: path, output: output)
    }
  }

  /// Where a stage's command runs; `nil` if that is outside of the workspace.
  func directory(of stage: Stage) -> RepositoryPath? {
    folder.resolving(PathText.bytes(of: stage.workingDirectory ?? ".") ?? [])
  }
}
