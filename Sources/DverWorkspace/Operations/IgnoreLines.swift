import DverCore
import DverFileSystem

/// The `.gitignore` files that a command changes, each read once.
struct IgnoreLines {
  private struct State {
    let old: [UInt8]?
    var file: GitIgnoreFile
    /// Whether the file is written even if nothing changes.
    var isChosen = false
  }

  private let workspace: Workspace
  private var files: [RepositoryPath: State] = [:]

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
    var state: State
    if let known = files.removeValue(forKey: name) {
      state = known
    } else {
      let old = try FileSystem.contents(of: workspace.root.appending(name))
      state = State(old: old, file: GitIgnoreFile(old ?? []))
    }
    body(&state.file)
    files[name] = state
  }

  /// Chooses the text that a file begins with.
  mutating func choose(_ text: [UInt8], at file: RepositoryPath, old: [UInt8]?) {
    files[file] = State(old: old, file: GitIgnoreFile(text), isChosen: true)
  }

  /// Whether a file was chosen or changed.
  func contains(_ file: RepositoryPath) -> Bool { files[file] != nil }

  /// What becomes of the files; one that is empty now goes.
  var changes: [TextChange] {
    files.sorted { $0.key < $1.key }.compactMap { path, state in
      guard state.isChosen || (state.old ?? []) != state.file.bytes else { return nil }
      return TextChange(
        path: path, old: state.old, new: state.file.bytes.isEmpty ? nil : state.file.bytes)
    }
  }
}
