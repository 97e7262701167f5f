import DverCore
import DverFileSystem
import DverGit

/// The `.gitignore` files that a command changes, each read once.
struct IgnoreLines {
  private struct State {
    let old: [UInt8]?
    var file: GitIgnoreFile
    /// Whether the file is written even if nothing changes.
    var isChosen = false
  }

  private let workspace: Workspace
  /// Whether a file that is a link, which git does not follow, is an error; else it is only told.
  private let refusesLinks: Bool
  private var files: [RepositoryPath: State] = [:]
  private var links: Set<RepositoryPath> = []

  init(workspace: Workspace, refusesLinks: Bool = true) {
    self.workspace = workspace
    self.refusesLinks = refusesLinks
  }

  mutating func add(_ path: RepositoryPath) throws {
    guard let git = try workspace.git() else { return }
    let file = Self.file(for: path)
    if try isLink(file) {
      guard links.insert(file).inserted else { return }
      let message = "\(workspace.displayed(file)) is a symbolic link, which git does not follow"
      guard !refusesLinks else {
        throw WorkspaceError.failed(message, hint: "put a file in its place, then try again")
      }
      return workspace.notices.warning("\(message), so git does not ignore all of the data")
    }
    let gitPath = workspace.gitPrefix(in: git).gitPath(path)
    try change(path) { lines in
      guard lines.hasNegation(behind: path.lastComponent) else {
        return lines.add(path.lastComponent)
      }
      // The data need not be there, so that both kinds count.
      for isDirectory in [false, true]
      where try !git.isIgnored(gitPath, isDirectory: isDirectory) {
        return lines.addLast(path.lastComponent)
      }
    }
  }

  mutating func remove(_ path: RepositoryPath) throws {
    if try isLink(Self.file(for: path)) { return }
    try change(path) { $0.remove(path.lastComponent) }
  }

  private static func file(for path: RepositoryPath) -> RepositoryPath {
    path.parent.appending(".gitignore".utf8)
  }

  private func isLink(_ file: RepositoryPath) throws -> Bool {
    if files[file] != nil { return false }
    return try FileSystem.status(of: workspace.root.appending(file))?.isLink == true
  }

  private mutating func change(
    _ path: RepositoryPath, _ body: (inout GitIgnoreFile) throws -> Void
  ) throws {
    let name = Self.file(for: path)
    var state: State
    if let known = files.removeValue(forKey: name) {
      state = known
    } else {
      let old = try FileSystem.contents(of: workspace.root.appending(name))
      state = State(old: old, file: GitIgnoreFile(old ?? []))
    }
    try body(&state.file)
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
