package import DverCore
package import DverPipeline

/// What differs between the workspace and what pointers and locks record.
package struct WorkspaceStatus: Sendable {
  /// How tracked data differs from its pointer.
  package enum PathState: String, Sendable {
    case modified
    case deleted
    case notInCache = "not in cache"
  }

  /// A pointer file or a stage that is not as recorded.
  package struct Item: Sendable {
    /// The pointer's path or the stage's address.
    package let name: String
    /// What differs, in the shape of `status --json`.
    package let differences: [JSONValue]
    /// For a stage: why it is stale.
    package let reasons: [StaleReason]
  }

  package var items: [Item] = []

  package init() {}

  package var isClean: Bool { items.isEmpty }

  /// The document of `status --json`.
  package var json: JSONValue {
    .object(items.map { (key: $0.name, value: .array($0.differences)) })
  }

  mutating func add(pointer: String, states: [(path: String, state: PathState)]) {
    guard !states.isEmpty else { return }
    let members = states.map { (key: $0.path, value: JSONValue.string($0.state.rawValue)) }
    items.append(
      Item(
        name: pointer, differences: [["changed outs": .object(members)]], reasons: []))
  }
}

/// A status without the stages of a pipeline that cannot be read.
package struct IncompleteStatus: DverError {
  package let status: WorkspaceStatus
  let cause: any DverError

  package var message: String { cause.message }
  package var hint: String? { cause.hint }
  package var exitStatus: ExitStatus { cause.exitStatus }
}
