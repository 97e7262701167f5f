import DverCore
import DverGit
import DverIgnore

/// Tells which folders of a revision belong to the workspace: those that are neither ignored nor
/// below a workspace of their own.
struct RevisionFolders {
  private let git: GitRepository
  private let tree: GitObjectID
  private let prefix: GitPathPrefix
  /// The rules that hold in a folder; `nil` for a folder that does not belong.
  private var known: [RepositoryPath: IgnoreStack?] = [:]

  init(_ git: GitRepository, tree: GitObjectID, prefix: GitPathPrefix) {
    self.git = git
    self.tree = tree
    self.prefix = prefix
  }

  /// Whether the workspace would find the file there.
  mutating func holds(_ path: RepositoryPath) throws -> Bool {
    guard let rules = try rules(in: path.parent) else { return false }
    return !rules.decision(forPath: path.bytes.span, isDirectory: false).isIgnored
  }

  private mutating func rules(in folder: RepositoryPath) throws -> IgnoreStack? {
    if let rules = known[folder] { return rules }
    let rules = try readRules(in: folder)
    known[folder] = .some(rules)
    return rules
  }

  private mutating func readRules(in folder: RepositoryPath) throws -> IgnoreStack? {
    var stack = IgnoreStack()
    if !folder.isRoot {
      guard let outer = try rules(in: folder.parent),
        !outer.decision(forPath: folder.bytes.span, isDirectory: true).isIgnored,
        try blob(folder.appending(".dver/config".utf8)) == nil
      else { return nil }
      stack = outer
    }
    if let text = try blob(folder.appending(IgnoreRules.fileName.utf8)) {
      stack.push(IgnoreRules(folder: folder, contents: text))
    }
    return stack
  }

  private func blob(_ path: RepositoryPath) throws -> [UInt8]? {
    try git.blob(at: prefix.gitPath(path), in: tree)
  }
}
