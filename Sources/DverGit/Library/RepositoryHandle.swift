import CGit2
import DverCore

/// One opened libgit2 repository and its object database; serves one thread at a time.
struct RepositoryHandle: ~Copyable {
  let repository: Handle
  let objects: Handle

  /// Opens the repository whose work tree or git directory is `directory`, or, where `searching`,
  /// one of the folders around it; `nil` where there is none.
  static func open(
    _ directory: [UInt8], searching: Bool
  ) throws(GitError) -> sending RepositoryHandle? {
    try GitLibrary.start()
    var pointer: OpaquePointer?
    let flags = searching ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
    let status = unsafe withCString(directory) {
      unsafe git_repository_open_ext(&pointer, $0, flags, nil)
    }
    // libgit2 1.5 says "not found" of another user's repository where safe.directory is not set.
    let isRefused = status == GIT_ENOTFOUND.rawValue && lastErrorClass() == GIT_ERROR_CONFIG
    if isRefused || status == GIT_EOWNER.rawValue {
      throw .notOwned(directory: root(around: directory))
    }
    if status == GIT_ENOTFOUND.rawValue { return nil }
    if status < 0 { throw openError(directory) }
    let repository = unsafe Handle(adopting: pointer, free: git_repository_free)
    var database: OpaquePointer?
    try check(
      unsafe git_repository_odb(&database, repository.pointer), "open the object database")
    return unsafe RepositoryHandle(
      repository: repository, objects: Handle(adopting: database, free: git_odb_free))
  }

  /// The folder of the repository that `directory` lies in, found without opening it.
  private static func root(around directory: [UInt8]) -> [UInt8] {
    var buffer = unsafe git_buf()
    let status = unsafe withCString(directory) {
      unsafe git_repository_discover(&buffer, $0, 0, nil)
    }
    defer { unsafe git_buf_dispose(&buffer) }
    guard status == 0, let found = unsafe bytes(of: buffer.ptr) else { return directory }
    let path = withoutTrailingSlash(found)
    let name = Array("/.git".utf8)
    return path.count > name.count && path.suffix(name.count).elementsEqual(name)
      ? Array(path.dropLast(name.count)) : path
  }

  private static func openError(_ directory: [UInt8]) -> GitError {
    let text = lastMessage()
    let directory = withoutTrailingSlash(directory)
    // The only sign of an unknown extension is the wording.
    let prefix = "unsupported extension name extensions."
    guard text.hasPrefix(prefix) else {
      return .failed(action: "open the git repository at \(quoted(directory))", detail: text)
    }
    let feature =
      switch text.dropFirst(prefix.count).lowercased() {
      case "objectformat": GitError.longNames
      case "refstorage": GitError.refTables
      case let name: "the extension '\(name)'"
      }
    return .unsupported(directory: directory, feature: feature)
  }

  /// The folder with the work tree; `nil` for a bare repository.
  borrowing func workTree() -> [UInt8]? {
    unsafe bytes(of: git_repository_workdir(repository.pointer)).map(withoutTrailingSlash)
  }

  /// The folder with HEAD and index: `.git`, or that of a linked worktree or submodule.
  borrowing func gitDirectory() -> [UInt8] {
    unsafe withoutTrailingSlash(bytes(of: git_repository_path(repository.pointer)) ?? [])
  }

  /// The folder with objects and branches, which linked worktrees share.
  borrowing func commonDirectory() -> [UInt8] {
    unsafe withoutTrailingSlash(bytes(of: git_repository_commondir(repository.pointer)) ?? [])
  }
}

/// A path as messages show it.
func quoted(_ path: [UInt8]) -> String { PathQuoting.quoted(path) }
