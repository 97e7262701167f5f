package import DverCore
import DverFileSystem

extension StaleReason {
  /// The items that `status --json` lists for a stage, with paths counted from `folder`.
  package static func statusItems(
    _ reasons: [StaleReason], from folder: RepositoryPath
  ) -> [JSONValue] {
    var dependencies: [(key: String, value: JSONValue)] = []
    var parameters: [(file: String, members: [(key: String, value: JSONValue)])] = []
    var variables: [(key: String, value: JSONValue)] = []
    var outputs: [(key: String, value: JSONValue)] = []
    var others: [JSONValue] = []
    // As DVC has it: a dependency that the lock does not know has been modified, and the parameter
    // files of a stage that never ran are new as a whole, whatever they lack.
    let neverRan = reasons.contains(.neverRan)
    for reason in reasons {
      switch reason {
      case .dependency(let path, .new):
        dependencies.append((path.shown(from: folder), "modified"))
      case .dependency(let path, let change), .parameterFile(let path, let change):
        dependencies.append((path.shown(from: folder), .string(change.rawValue)))
      case .parameter(let file, _, _, _, _) where neverRan:
        let name = file.shown(from: folder)
        if !dependencies.contains(where: { $0.key == name }) {
          dependencies.append((name, "new"))
        }
      case .parameter(let file, let key, let change, _, _):
        let member = (key: key, value: JSONValue.string(change.rawValue))
        let name = file.shown(from: folder)
        if let place = parameters.firstIndex(where: { $0.file == name }) {
          parameters[place].members.append(member)
        } else {
          parameters.append((name, [member]))
        }
      case .output(let path, let change, _):
        // What is there before the stage ran has been modified, too.
        let shown = change == .new ? "modified" : change.rawValue
        outputs.append((path.shown(from: folder), .string(shown)))
      case .environment(let name, let change, _, _):
        variables.append((name, .string(change.rawValue)))
      case .command: others.append("changed command")
      case .workingDirectory: others.append("changed wdir")
      case .alwaysRuns: others.append("always changed")
      case .neverRan, .upstream, .forced: break
      }
    }
    let wholeFiles = Set(dependencies.map(\.key))
    dependencies += parameters.filter { !wholeFiles.contains($0.file) }
      .map { ($0.file, .object($0.members)) }
    var items: [JSONValue] = []
    if !dependencies.isEmpty { items.append(.object([("changed deps", .object(dependencies))])) }
    if !outputs.isEmpty { items.append(.object([("changed outs", .object(outputs))])) }
    if !variables.isEmpty { items.append(.object([("changed env", .object(variables))])) }
    return items + others
  }
}

extension DependencyPath {
  /// The path as one in `folder` would write it.
  package func shown(from folder: RepositoryPath) -> String {
    switch self {
    case .inside(let path): path.shown(from: folder)
    case .outside(let path): path.description
    }
  }
}

extension RepositoryPath {
  /// As ``written(from:)``, for messages.
  package func shown(from folder: RepositoryPath) -> String {
    PathQuoting.quoted(written(from: folder))
  }
}
