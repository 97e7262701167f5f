package import DverCore
package import DverManifest

/// The values of all files of one version.
package struct VersionValues: Sendable {
  /// Empty where nothing but the workspace is shown, `workspace`, or the names of a revision.
  package let name: String
  package let content: Result<[FileValues], ReadingProblem>

  package struct FileValues: Hashable, Sendable {
    package let path: RepositoryPath
    package let value: Result<ParameterValue, ReadingProblem>
  }

  package var files: [FileValues] { (try? content.get()) ?? [] }

  package var hasProblems: Bool {
    guard case .success(let files) = content else { return true }
    return files.contains { file in
      if case .failure = file.value { true } else { false }
    }
  }

  /// The values of the files that could be read.
  var readable: [RepositoryPath: ParameterValue] {
    var values: [RepositoryPath: ParameterValue] = [:]
    for file in files {
      if case .success(let value) = file.value { values[file.path] = value }
    }
    return values
  }

  /// Whether both versions hold the same, whatever their names.
  func hasSameContent(as other: VersionValues) -> Bool {
    guard case .success(let left) = content, case .success(let right) = other.content,
      left.count == right.count
    else { return false }
    return zip(left, right).allSatisfy { left, right in
      guard left.path == right.path else { return false }
      return switch (left.value, right.value) {
      case (.success(let left), .success(let right)): left.isEqualInPython(to: right)
      case (.failure(let left), .failure(let right)): left == right
      default: false
      }
    }
  }

  /// - Parameter shown: How a path is given out.
  package func json(_ shown: (RepositoryPath) -> String) -> JSONValue {
    switch content {
    case .failure(let problem): ["error": problem.json]
    case .success(let files):
      [
        "data": .object(
          files.map { (key: shown($0.path), value: $0.json) })
      ]
    }
  }
}

extension VersionValues.FileValues {
  var json: JSONValue {
    switch value {
    case .success(let value): ["data": value.json]
    case .failure(let problem): ["error": problem.json]
    }
  }
}

extension Workspace {
  /// A path, counted from where the user is, as the key of a JSON object.
  package func jsonKey(_ path: RepositoryPath) -> String {
    let bytes = relativeToCurrent(path)
    return String(validating: bytes, as: UTF8.self) ?? PathQuoting.quoted(bytes)
  }
}
