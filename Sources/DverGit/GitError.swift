package import DverCore
import Glibc

/// What can go wrong with git repositories and with files in git's configuration syntax.
package enum GitError: DverError, Equatable {
  /// libgit2 or git refused; `detail` is its own message.
  case failed(action: String, detail: String)
  /// A system call failed.
  case system(action: String, path: [UInt8], code: Int32)
  /// Another process holds the lock file at `path`.
  case locked(path: [UInt8])
  /// The repository belongs to another user.
  case notOwned(directory: [UInt8])
  /// The repository uses a feature that libgit2 cannot read.
  case unsupported(directory: [UInt8], feature: String)
  case unknownRevision(String)
  /// The revision exists, but this shallow or partial clone lacks it.
  case absentRevision(String)
  case ambiguousRevision(String)
  /// The revision names something else than a commit.
  case notACommit(String)
  /// An object that must exist does not; `isPartial` in a shallow or partial clone.
  case missingObject(GitObjectID, isPartial: Bool)
  /// The index cannot be read by libgit2, and there is no git program to ask.
  case unreadableIndex(path: [UInt8], detail: String)
  /// A bare repository has no work tree and no index.
  case noWorkTree(directory: [UInt8])
  /// Only regular files can be staged.
  case notAFile(path: [UInt8])
  case configSyntax(file: [UInt8], line: Int, detail: String)
  case configValue(
    name: String, value: String, expected: String, level: ConfigLevel, file: [UInt8], line: Int)
  case configName(String)
  case noSection(name: String, file: [UInt8])

  package var message: String {
    switch self {
    case .failed(let action, let detail): "cannot \(action): \(detail)"
    case .system(let action, let path, let code):
      "cannot \(action) \(PathQuoting.quoted(path)): \(systemMessage(code))"
    case .locked(let path): "\(PathQuoting.quoted(path)) exists: another process holds this lock"
    case .notOwned(let directory):
      "the git repository \(PathQuoting.quoted(directory)) belongs to another user"
    case .unsupported(let directory, let feature):
      "the git repository \(PathQuoting.quoted(directory)) uses \(feature), which dver cannot read"
    case .unknownRevision(let text): "unknown revision '\(text)'"
    case .absentRevision(let text):
      "revision '\(text)' is not in this shallow or partial clone"
    case .ambiguousRevision(let text): "revision '\(text)' is ambiguous"
    case .notACommit(let text): "revision '\(text)' does not name a commit"
    case .missingObject(let id, let isPartial):
      "git object \(id) is missing" + (isPartial ? " in this shallow or partial clone" : "")
    case .unreadableIndex(let path, let detail):
      "cannot read the git index \(PathQuoting.quoted(path)): \(detail)"
    case .noWorkTree(let directory):
      "the git repository \(PathQuoting.quoted(directory)) is bare and has no work tree"
    case .notAFile(let path): "\(PathQuoting.quoted(path)) is not a regular file"
    case .configSyntax(let file, let line, let detail):
      "\(PathQuoting.quoted(file)):\(line): \(detail)"
    case .configValue(let name, let value, let expected, _, let file, let line):
      "\(PathQuoting.quoted(file)):\(line): \(name) is '\(value)', not \(expected)"
    case .configName(let name): "'\(name)' is not a name of an option"
    case .noSection(let name, let file):
      "there is no section '\(name)' in \(PathQuoting.quoted(file))"
    }
  }

  package var hint: String? {
    switch self {
    case .locked(let path):
      "if no git process is running, a crashed one left it: remove \(PathQuoting.quoted(path))"
    case .notOwned(let directory):
      "run 'git config --global --add safe.directory \(PathQuoting.quoted(directory))' to trust it"
    case .unknownRevision:
      "run 'git log --oneline --all' to list commits, or 'git fetch' to get newer ones"
    case .ambiguousRevision: "give more digits of the commit's name"
    case .notACommit: "give a commit, a branch or a tag"
    case .missingObject(_, isPartial: true), .absentRevision:
      "run 'git fetch --unshallow' (shallow clone) or 'git fetch --refetch' (partial clone)"
    case .missingObject: "run 'git fsck', or 'git fetch' to get the object again"
    case .unreadableIndex:
      "install git, or run 'git update-index --no-split-index' where git is installed"
    case .configName: "an option is spelled SECTION.OPTION or SECTION.NAME.OPTION"
    case .failed(_, let detail):
      // libgit2 and git say it in words alone.
      Self.systemHints.first { detail.contains(systemMessage($0.code)) }?.hint
    case .system(_, _, let code): Self.systemHints.first { $0.code == code }?.hint
    case .unsupported(_, Self.longNames):
      "make it anew with 'git init --object-format=sha1', or use 'dver init --no-scm'"
    case .unsupported(_, Self.refTables):
      "run 'git refs migrate --ref-format=files', or use 'dver init --no-scm'"
    case .unsupported: "use 'dver init --no-scm' to do without git"
    case .configSyntax: "correct that line; the syntax is that of git-config(1)"
    case .configValue(let name, _, _, let level, _, _):
      "correct it with 'dver config \(level == .project ? "" : "--\(level) ")\(name) VALUE'"
    case .noWorkTree, .notAFile, .noSection: nil
    }
  }

  /// Features of repositories, as ``unsupported(directory:feature:)`` names them.
  static let longNames = "SHA-256 object names"
  static let refTables = "the reftable format"

  private static let systemHints: [(code: Int32, hint: String)] = [
    (ENOSPC, "free some space on that file system and run the command again"),
    (EDQUOT, "free some space on that file system and run the command again"),
    (EROFS, "the file system is mounted read-only"),
    (EACCES, "check the owner and the permissions of the repository's folders"),
    (EIO, "the device reports an I/O error; check the disk before you go on"),
  ]

  package var exitStatus: ExitStatus {
    switch self {
    case .locked: .locked
    case .missingObject, .absentRevision: .damaged
    default: .failed
    }
  }
}
