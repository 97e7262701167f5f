import DverCore
import DverGit

/// The revisions that a command shows beside the workspace.
package struct VersionScope: Sendable {
  package var allBranches = false
  package var allTags = false
  package var allCommits = false

  package init() {}

  package var isEmpty: Bool { !allBranches && !allTags && !allCommits }
}

/// A version that is shown, and what it is called.
struct NamedVersion {
  let name: String
  /// `nil` for the workspace.
  let revision: GitRevision?

  static let workspaceName = "workspace"
  static let workspace = NamedVersion(name: workspaceName, revision: nil)
}

extension Workspace {
  /// The workspace under an empty name if nothing else is asked for; else the workspace by name and
  /// the revisions, each once, with all names it was found under. HEAD is what a bare repository has
  /// in place of a workspace.
  func versions(in scope: VersionScope) throws -> [NamedVersion] {
    guard !scope.isEmpty else {
      return [NamedVersion(name: "", revision: try bare?.requiredHead())]
    }
    let present: [NamedVersion] = bare == nil ? [.workspace] : []
    guard let git = try git() else { return present }
    if scope.allCommits {
      return try present
        + git.allCommits(matching: ["refs/heads/*", "refs/remotes/*", "refs/tags/*"])
        .map { NamedVersion(name: $0.commit.description, revision: $0) }
    }
    let references =
      try (scope.allBranches ? git.branches() : []) + (scope.allTags ? git.tags() : [])
    var names: [GitObjectID: [String]] = [:]
    var order: [GitRevision] = []
    for reference in references {
      if names[reference.revision.commit] == nil { order.append(reference.revision) }
      if names[reference.revision.commit]?.contains(reference.name) != true {
        names[reference.revision.commit, default: []].append(reference.name)
      }
    }
    return present
      + order.map { revision in
        let joined = (names[revision.commit] ?? []).joined(separator: ",")
        return NamedVersion(name: joined, revision: revision)
      }
  }

  /// The version that an argument names: a revision in git's syntax, or `workspace`.
  func version(named name: String, in git: GitRepository) throws -> NamedVersion {
    if name == NamedVersion.workspaceName {
      try requireWorkTree(toCompare: true)
      return .workspace
    }
    return NamedVersion(name: name, revision: try git.resolve(name))
  }

  func files(of version: NamedVersion) throws -> FileVersion {
    guard let revision = version.revision else { return try FileVersion(of: self) }
    return try FileVersion(
      of: revision, in: requiredGit(for: "a revision"), workspace: self)
  }
}
