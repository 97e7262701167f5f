import DverCore
import DverFileSystem

/// The `.gitignore` files that a command changes, each read once.
struct IgnoreLines {
  private let workspace: Workspace
  private var files: [RepositoryPath: (old: [UInt8]?, file: GitIgnoreFile)] = [:]

  init(workspace: Workspace) { self.workspace = workspace }

  mutating func add(_ path: RepositoryPath) throws {
    guard try workspace.git() != nil else { return }
    try change(path) { $0.add(path.lastComponent) }
  }

  mutating func remove(_ path: RepositoryPath) throws {
    try change(path) { $0.remove(path.lastComponent) }
  }

  private mutating func change(
    _ path: RepositoryPath, _ body: (inout GitIgnoreFile) -> Void
  ) throws {
    let name = path.parent.appending(".gitignore".utf8)
    let old = try files[name]?.old ?? FileSystem.contents(of: workspace.root.appending(name))
    var file = files[name]?.file ?? GitIgnoreFile(old ?? [])
    body(&file)
    files[name] = (old, file)
  }

  /// What becomes of the files; one that is empty now goes.
  var changes: [TextChange] {
    files.sorted { $0.key < $1.key }.compactMap { path, state in
      guard (state.old ?? []) != state.file.bytes else { return nil }
      return TextChange(
        path: path, old: state.old, new: state.file.bytes.isEmpty ? nil : state.file.bytes)
    }
  }
}
