import Glibc

/// A git repository of its own for one test, and a place to run `dver` and `git` in it.
///
/// Programs see neither the user's nor the system's configuration: `HOME`, `TMPDIR` and the
/// directory for what lies outside of the repository are inside the same temporary directory, and
/// names, dates, locale and time zone are fixed.
package final class TemporaryRepository: Sendable {
  /// How much of a repository the test begins with.
  package enum Start: Sendable {
    case emptyDirectory
    /// After `git init`.
    case git
    /// After `git init` and `dver init`.
    case dver
  }

  private let directory: TemporaryDirectory
  /// The work tree, an absolute path.
  package let path: String
  /// Changes to the environment of every program; nil removes a variable.
  private let changes: [String: String?]

  package convenience init(_ start: Start = .dver, environment: [String: String?] = [:]) throws {
    try self.init(directory: TemporaryDirectory(), name: "work", environment: environment)
    try makeDirectories(Array(path.utf8))
    if start != .emptyDirectory { try git("init", "--quiet").requireSuccess() }
    if start == .dver { try dver("init", "--quiet").requireSuccess() }
  }

  private init(directory: TemporaryDirectory, name: String, environment: [String: String?]) throws {
    self.directory = directory
    path = "\(directory.path)/\(name)"
    changes = environment
    for folder in ["home", "tmp", "outside"] {
      try makeDirectories(Array("\(directory.path)/\(folder)".utf8))
    }
    let settings =
      "[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
    try writeFile(Array(settings.utf8), to: Array("\(home)/.gitconfig".utf8), append: false)
  }

  /// The directory of everything that belongs to the test: the repository, its clones and what is
  /// outside of them.
  package var root: String { directory.path }
  package var home: String { "\(root)/home" }

  /// A path outside of the repository, for a remote; nothing is there at first.
  package func outside(_ name: String) -> String {
    "\(root)/outside/\(name)"
  }

  /// A clone made with git, which lives as long as either repository. `name` is that of its
  /// directory, beside this one.
  package func clone(_ name: String = "clone") throws -> TemporaryRepository {
    let copy = try TemporaryRepository(directory: directory, name: name, environment: changes)
    try git("clone", "--quiet", path, copy.path).requireSuccess()
    return copy
  }

  /// What programs find in their environment.
  package var environment: [String: String] {
    var variables = Command.plainEnvironment
    variables["HOME"] = home
    variables["TMPDIR"] = "\(root)/tmp"
    variables["GIT_CONFIG_NOSYSTEM"] = "1"
    variables["GIT_TERMINAL_PROMPT"] = "0"
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "Test"
      variables["GIT_\(role)_EMAIL"] = "test@example.org"
      variables["GIT_\(role)_DATE"] = "2001-02-03T04:05:06Z"
    }
    for (name, value) in changes { variables[name] = value }
    return variables
  }
}
