import DverCore
import DverFileSystem
import DverGit

extension Workspace {
  /// The commits that are kept, each with a reason, also several times.
  func keptRevisions(
    _ scope: CollectScope, in git: GitRepository
  ) throws -> [(revision: GitRevision, reason: String)] {
    var kept = try heads(in: git) + unfinished(in: git) + stashes(in: git)
    if scope.allBranches {
      kept += try git.branches().map { ($0.revision, "branch \($0.name)") }
    }
    if scope.allTags { kept += try git.tags().map { ($0.revision, "tag \($0.name)") } }
    if scope.allExperiments {
      kept += try git.references(matching: "refs/exps/*").map {
        ($0.revision, "experiment \($0.name)")
      }
    }
    kept += try named(scope, in: git)
    if scope.allCommits { kept += try git.allCommits().map { ($0, "commit") } }
    if let since = scope.since {
      kept += try git.allCommits().filter { $0.time >= since }.map { ($0, "date") }
    }
    return kept
  }

  private func named(
    _ scope: CollectScope, in git: GitRepository
  ) throws -> [(revision: GitRevision, reason: String)] {
    guard !scope.revisions.isEmpty || scope.count != nil else { return [] }
    let names = scope.revisions.isEmpty ? ["HEAD"] : scope.revisions
    return try names.flatMap { name in
      let start = try git.resolve(name)
      return try git.firstParents(from: start.commit, count: scope.count ?? 1).enumerated().map {
        ($0.element, $0.offset == 0 ? name : "\(name)~\($0.offset)")
      }
    }
  }

  // MARK: Work trees

  /// HEAD of every work tree, also of those whose folder is not there at the moment.
  private func heads(
    in git: GitRepository
  ) throws -> [(revision: GitRevision, reason: String)] {
    var heads: [(revision: GitRevision, reason: String)] = []
    if let head = try git.resolveIfPresent("HEAD") { heads.append((head, "HEAD")) }
    for folder in try gitFolders(of: git) {
      guard let text = try FileSystem.contents(of: folder.appending("HEAD"), limit: 1 << 16),
        let revision = try revision(ofHead: text, in: git)
      else { continue }
      heads.append((revision, heads.first?.revision == revision ? "HEAD" : "HEAD of \(folder)"))
    }
    return heads
  }

  private func revision(ofHead text: [UInt8], in git: GitRepository) throws -> GitRevision? {
    let line = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    if line.hasPrefix("ref: ") { return try git.resolveIfPresent(String(line.dropFirst(5))) }
    return try GitObjectID(hex: line).map { try git.commit($0) }
  }

  /// The folders with a HEAD of their own: that of the repository and those of linked work trees.
  private func gitFolders(of git: GitRepository) throws -> [AbsolutePath] {
    let common = AbsolutePath(normalized: git.commonDirectory)
    let linked = common.appending("worktrees")
    return try [common] + (FileSystem.names(in: linked) ?? []).map { linked.appending($0) }
  }

  /// What unfinished merges, rebases, cherry-picks and reverts work with, in every work tree.
  private func unfinished(
    in git: GitRepository
  ) throws -> [(revision: GitRevision, reason: String)] {
    var found: [(revision: GitRevision, reason: String)] = []
    for folder in try gitFolders(of: git) {
      var files = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "MERGE_AUTOSTASH"]
      for rebase in ["rebase-merge", "rebase-apply"]
      where try FileSystem.exists(folder.appending(rebase)) {
        files += ["REBASE_HEAD"] + ["orig-head", "onto", "autostash"].map { "\(rebase)/\($0)" }
      }
      for file in files {
        let text = try FileSystem.contents(of: folder.appending(file), limit: 1 << 16) ?? []
        for line in text.split(separator: UInt8(ascii: "\n")) {
          guard let id = GitObjectID(hex: String(decoding: line, as: UTF8.self)) else { continue }
          found.append((try git.commit(id), file))
        }
      }
    }
    return found
  }

  // MARK: Stashes

  /// Every stash, with the index and the untracked files that belong to it.
  private func stashes(
    in git: GitRepository
  ) throws -> [(revision: GitRevision, reason: String)] {
    let log = AbsolutePath(normalized: git.commonDirectory).appending("logs/refs/stash")
    let lines = try (FileSystem.contents(of: log) ?? []).split(separator: UInt8(ascii: "\n"))
    var ids = lines.compactMap { line -> String? in
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
      return words.count > 1 ? String(decoding: words[1], as: UTF8.self) : nil
    }
    if let last = try git.resolveIfPresent("refs/stash")?.commit.hex, !ids.contains(last) {
      ids.append(last)
    }
    return try ids.reversed().enumerated().flatMap { number, id in
      let reason = "stash@{\(number)}"
      let stash = (revision: try git.resolve(id), reason: reason)
      return try [stash]
        + ["\(id)^2", "\(id)^3"].compactMap { try git.resolveIfPresent($0) }.map { ($0, reason) }
    }
  }
}
