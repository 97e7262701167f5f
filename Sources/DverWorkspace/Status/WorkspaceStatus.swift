package import DverCore

/// What differs between the workspace and what pointers and locks record.
package struct WorkspaceStatus: Sendable {
  /// How one path differs.
  package enum PathState: String, Sendable {
    case modified
    case deleted
    case new
    case notInCache = "not in cache"
  }

  /// One thing that is not as recorded.
  package enum Difference: Sendable {
    case dependencies([(path: String, state: PathState)])
    case outputs([(path: String, state: PathState)])
    /// By parameter file, then by key.
    case parameters([(file: String, keys: [(key: String, state: PathState)])])
    case command
    case alwaysRuns
  }

  /// A pointer file or a stage that is not as recorded.
  package struct Item: Sendable {
    /// The pointer's path or the stage's address.
    package let name: String
    package let differences: [Difference]

    package init(name: String, differences: [Difference]) {
      self.name = name
      self.differences = differences
    }
  }

  package var items: [Item] = []

  package init() {}

  package var isClean: Bool { items.isEmpty }

  /// The document of `status --json`.
  package var json: JSONValue {
    .object(
      items.map { item in
        (key: item.name, value: .array(item.differences.flatMap(Self.json)))
      })
  }

  private static func json(_ difference: Difference) -> [JSONValue] {
    func map(_ states: [(path: String, state: PathState)]) -> JSONValue {
      .object(states.map { (key: $0.path, value: .string($0.state.rawValue)) })
    }
    switch difference {
    case .dependencies(let states): return [["changed deps": map(states)]]
    case .outputs(let states): return [["changed outs": map(states)]]
    case .parameters(let files):
      return [
        [
          "changed deps": .object(
            files.map { file in
              let keys = file.keys.map { (key: $0.key, value: JSONValue.string($0.state.rawValue)) }
              return (key: file.file, value: .object(keys))
            })
        ]
      ]
    case .command: return ["changed command"]
    case .alwaysRuns: return ["always changed"]
    }
  }
}
