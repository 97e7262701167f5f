package import DverCore

/// What keeps a task from being done, in the user's terms.
package enum WorkspaceError: DverError {
  case notAWorkspace(String)
  /// A repository of git's without a work tree.
  case bareRepository(String)
  /// A comparison with the files of a work tree that is not there.
  case noWorkTree(String)
  case alreadyAWorkspace(String)
  case notAGitRoot(String)
  case needsGit(String)
  case noSuchTarget(String)
  case outside(String)
  case inside(String, of: String)
  case missing(String)
  case trackedByGit(String)
  case ignored(String, by: String)
  case isPointer(String)
  case isInternal(String)
  case isLink(String)
  case belowLink(String, link: String)
  case overlaps(String, with: String)
  case exists(String)
  /// Something is where data should go, and nothing may take its place.
  case occupied(String)
  case otherFileSystem(String, from: String)
  case failed(String, hint: String?)
  case unknownOption(String, suggestion: String?)
  case badValue(option: String, value: String, expected: String)
  case noRemote
  case unknownRemote(String, known: [String])
  case wrongStore(remote: String, path: String, expected: String, found: String?)
  case remoteIsCache(String)
  case missingData([String])
  /// Tracked data that is not in its place; where it can be had is not known.
  case notPlaced([String])
  /// Data that `.dvc` files name.
  case missingDVCData([String])
  case unsaved([String])
  /// Never tracked, and where data belongs.
  case inTheWay([String])
  case damaged([String])

  package var message: String {
    switch self {
    case .notAWorkspace(let path): "\(path) is not inside a dver workspace"
    case .bareRepository(let path):
      "\(path) is a bare git repository: it has no work tree"
    case .noWorkTree(let path):
      "there is no workspace to read: \(path) is a bare git repository"
    case .alreadyAWorkspace(let path): "\(path) is a dver workspace already"
    case .notAGitRoot(let path): "\(path) is not the root of a git repository"
    case .needsGit(let task): "\(task) needs a git repository, and there is none"
    case .noSuchTarget(let target): "'\(target)' is neither a tracked path nor a stage"
    case .outside(let path): "\(path) is outside of the workspace"
    case .inside(let path, let folder): "\(path) is inside \(folder)"
    case .missing(let path): "\(path) does not exist"
    case .trackedByGit(let path): "\(path) is tracked by git"
    case .ignored(let path, let rule): "\(path) is ignored by \(rule)"
    case .isPointer(let path): "\(path) is a file of dver itself, not data"
    case .isInternal(let path): "\(path) belongs to dver or git"
    case .isLink(let path): "\(path) is a symbolic link"
    case .belowLink(let path, let link): "\(path) lies below the symbolic link \(link)"
    case .overlaps(let path, let other): "\(path) overlaps with \(other), which is tracked already"
    case .exists(let path): "\(path) exists already"
    case .occupied(let path): "\(path) exists already"
    case .otherFileSystem(let path, let source):
      "\(path) lies on another file system than \(source)"
    case .failed(let text, _): text
    case .unknownOption(let name, _): "there is no option '\(name)'"
    case .badValue(let option, let value, let expected):
      "'\(value)' is no value for \(option): expected \(expected)"
    case .noRemote: "no remote is configured"
    case .unknownRemote(let name, _): "there is no remote '\(name)'"
    case .wrongStore(let remote, let path, let expected, let found):
      found.map {
        "\(path) holds the store \($0), not \(expected), which remote '\(remote)' was first used with"
      } ?? "\(path) holds no object store, though remote '\(remote)' was used before"
    case .remoteIsCache(let remote): "remote '\(remote)' is the cache itself"
    case .notPlaced(let paths):
      "\(Self.count(paths, "path is", "paths are")) missing: \(Self.list(paths))"
    case .missingData(let paths):
      "\(Self.count(paths, "object is", "objects are")) missing: \(Self.list(paths))"
    case .missingDVCData(let paths):
      "the data of \(Self.list(paths)) is not in DVC's cache, not in the workspace, and in no remote "
        + "that is a folder"
    case .unsaved(let paths):
      "\(Self.count(paths, "path has", "paths have")) changes that are not in the cache: "
        + Self.list(paths)
    case .inTheWay(let paths):
      "\(Self.count(paths, "path that is", "paths that are")) not tracked "
        + "\(paths.count == 1 ? "is" : "are") in the way: \(Self.list(paths))"
    case .damaged(let paths):
      "\(Self.count(paths, "object is", "objects are")) damaged: \(Self.list(paths))"
    }
  }

  package var hint: String? {
    switch self {
    case .notAWorkspace: "run 'dver init' at the root of your git repository"
    case .bareRepository(let path): "run 'git clone \(path)', and this command in the clone"
    case .noWorkTree: "name two revisions, such as HEAD~1 and HEAD"
    case .alreadyAWorkspace: "use 'dver init -f' to write its files anew; data stays"
    case .notAGitRoot:
      "run 'git init' first, or use 'dver init --subdir' or 'dver init --no-scm'"
    case .needsGit: "run 'git init', then 'dver config core.no_scm false'"
    case .noSuchTarget: "see 'dver ls --dver-only -R' and 'dver dag'"
    case .outside: "only paths inside of the workspace can be tracked"
    case .inside: "choose a path outside of it"
    case .missing: "check the spelling of the path"
    case .trackedByGit(let path):
      "run 'git rm -r --cached \(path)' and 'git commit' to take it out of git first"
    case .ignored: "change the pattern, or add another path"
    // Some are found in a file, which the text then names.
    case .isPointer(let path):
      path.hasSuffix(",") ? "correct the path in that file" : "git keeps it: use 'git add'"
    case .isInternal(let path):
      path.hasSuffix(",") ? "correct the path in that file" : "choose another path"
    case .isLink, .belowLink: "name the path that the link leads to instead"
    case .overlaps: "tracked paths cannot lie inside one another"
    case .exists: "move it away, or use -f"
    case .occupied: "choose another name, or move it away first"
    case .otherFileSystem: "copy the data there, then run 'dver add' on the copy"
    case .failed(_, let hint): hint
    case .unknownOption(let name, let suggestion):
      if let suggestion {
        "did you mean '\(suggestion)'?"
      } else if name.contains(".") {
        "the sections are \(ConfigurationOptions.sections); 'man dver-config' has all options"
      } else {
        "an option's name is SECTION.OPTION, such as core.remote"
      }
    case .badValue(let option, _, _):
      option.contains(".") ? "'man dver-config' says what \(option) takes" : nil
    case .noRemote: "run 'dver remote add -d NAME PATH'"
    case .unknownRemote(_, let known):
      known.isEmpty
        ? "run 'dver remote add NAME PATH'"
        : "the remotes are: \(known.joined(separator: ", "))"
    case .wrongStore:
      "mount the share, or forget the old store with 'dver remote modify NAME id --unset'"
    case .remoteIsCache(let remote):
      "choose another folder with 'dver remote modify \(remote) url PATH'"
    case .notPlaced: "bring it back with 'dver checkout', or with 'dver pull'"
    case .missingData: "run 'dver pull', or 'dver push' where the data is"
    case .missingDVCData: "'dvc pull' brings it; none of the project's files was changed"
    case .unsaved: "run 'dver add' or 'dver commit' to keep them, or use -f to lose them"
    case .inTheWay: "no option removes what is not dver's: move it away, then run it again"
    case .damaged: "the damaged copies are in quarantine; run 'dver pull' or 'dver add' again"
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .notPlaced, .missingData, .missingDVCData, .damaged: .damaged
    default: .failed
    }
  }

  private static func count(_ paths: [String], _ one: String, _ many: String) -> String {
    "\(paths.count) \(paths.count == 1 ? one : many)"
  }

  /// At most ten of many.
  static func list(_ paths: [String]) -> String {
    let shown = paths.prefix(10).joined(separator: ", ")
    return paths.count > 10 ? "\(shown) and \(paths.count - 10) more" : shown
  }
}
