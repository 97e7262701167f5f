import CGit2
import Synchronization

extension GitRepository {
  /// Local branches, sorted by name.
  package func branches() throws(GitError) -> [GitReference] {
    try references(matching: "refs/heads/*")
  }

  /// Tags that lead to commits, sorted by name.
  package func tags() throws(GitError) -> [GitReference] {
    try references(matching: "refs/tags/*")
  }

  /// References whose full name matches `pattern` and that lead to commits, sorted by name.
  package func references(matching pattern: String) throws(GitError) -> [GitReference] {
    try main.handle.withLock { (handle) throws(GitError) in
      var references: [GitReference] = []
      for name in try handle.referenceNames(matching: pattern) {
        guard let commit = try handle.commitID(of: name) else { continue }
        references.append(
          GitReference(
            name: Self.shortName(name), revision: try handle.commit(commit).revision()))
      }
      return references.sorted { $0.name < $1.name }
    }
  }

  /// Every commit that HEAD or a reference reaches, newest first.
  ///
  /// In a shallow clone the history ends where the clone ends.
  ///
  /// - Parameter patterns: Which references count; without it those of every kind, remote branches
  ///   and stashes included.
  package func allCommits(
    matching patterns: [String] = ["refs/*"]
  ) throws(GitError) -> [GitRevision] {
    try main.handle.withLock { (handle) throws(GitError) in
      var starts: [GitObjectID] = []
      var names = ["HEAD"]
      for pattern in patterns { names += try handle.referenceNames(matching: pattern) }
      for name in names {
        if let commit = try handle.commitID(of: name) { starts.append(commit) }
      }
      return try handle.history(from: starts, boundary: shallowCommits())
    }
  }

  /// What `starts` reach and `known` do not, newest first.
  ///
  /// Looks no further back than it takes to tell. Where commits are older than their parents, some
  /// that `known` reaches too may be among them. Of `known`, what the repository lacks does not count.
  package func commits(
    reachedBy starts: [GitObjectID], butNotBy known: [GitObjectID]
  ) throws(GitError) -> [GitRevision] {
    try main.handle.withLock { (handle) throws(GitError) in
      try handle.history(from: starts, butNotFrom: known, boundary: shallowCommits())
    }
  }

  /// `start` and up to `count - 1` of its first parents, newest first.
  package func firstParents(
    from start: GitObjectID, count: Int
  ) throws(GitError) -> [GitRevision] {
    try main.handle.withLock { (handle) throws(GitError) in
      let boundary = try shallowCommits()
      var revisions: [GitRevision] = []
      var next: GitObjectID? = start
      while let id = next, revisions.count < count {
        let commit = try handle.commit(id)
        revisions.append(commit.revision())
        next = boundary.contains(id) ? nil : commit.parents().first
      }
      return revisions
    }
  }

  /// The commits whose parents a shallow clone left out.
  private func shallowCommits() throws(GitError) -> Set<GitObjectID> {
    let path = joined(commonDirectory, "shallow".utf8)
    do throws(GitError) {
      let text = try WorkFile.read(path).bytes
      return Set(text.split(separator: UInt8(ascii: "\n")).compactMap { GitObjectID(hex: $0) })
    } catch .system {
      return []
    }
  }
}

extension RepositoryHandle {
  borrowing func referenceNames(matching pattern: String) throws(GitError) -> [String] {
    var pointer: OpaquePointer?
    try check(
      unsafe git_reference_iterator_glob_new(&pointer, repository.pointer, pattern),
      "list references")
    let iterator = unsafe Handle(adopting: pointer, free: git_reference_iterator_free)
    var names: [String] = []
    while true {
      var name: UnsafePointer<CChar>?
      let status = unsafe git_reference_next_name(&name, iterator.pointer)
      if status == GIT_ITEROVER.rawValue { return names }
      try check(status, "list references")
      if let name = unsafe name { names.append(unsafe String(cString: name)) }
    }
  }

  /// The commit that the reference `name` leads to; `nil` where it leads to something else or to
  /// nothing.
  borrowing func commitID(of name: String) throws(GitError) -> GitObjectID? {
    var pointer: OpaquePointer?
    let status = unsafe git_reference_lookup(&pointer, repository.pointer, name)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try check(status, "read \(name)")
    let reference = unsafe Handle(adopting: pointer, free: git_reference_free)
    var target: OpaquePointer?
    guard unsafe git_reference_peel(&target, reference.pointer, GIT_OBJECT_COMMIT) == 0 else {
      return nil
    }
    let commit = unsafe Handle(adopting: target, free: git_object_free)
    return commit.revision().commit
  }

  /// What `starts` reach, newest first, children before their parents where both are of one second;
  /// `boundary` commits count as without parents.
  borrowing func history(
    from starts: [GitObjectID], boundary: Set<GitObjectID>
  ) throws(GitError) -> [GitRevision] {
    var seen: Set<GitObjectID> = []
    // Parents before children: a commit is finished once all that it reaches is.
    var finished: [GitRevision] = []
    var waiting = starts.map { (id: $0, finishing: GitRevision?.none) }
    while let (id, finishing) = waiting.popLast() {
      if let finishing {
        finished.append(finishing)
        continue
      }
      guard seen.insert(id).inserted else { continue }
      let commit = try commit(id)
      waiting.append((id: id, finishing: commit.revision()))
      if boundary.contains(id) { continue }
      for parent in commit.parents() where !seen.contains(parent) {
        waiting.append((id: parent, finishing: nil))
      }
    }
    let order = finished.indices.sorted {
      (finished[$1].time, $1) < (finished[$0].time, $0)
    }
    return order.map { finished[$0] }
  }

  /// What `starts` reach and `known` do not, newest first; `boundary` commits count as without
  /// parents.
  borrowing func history(
    from starts: [GitObjectID], butNotFrom known: [GitObjectID], boundary: Set<GitObjectID>
  ) throws(GitError) -> [GitRevision] {
    var isKnown: [GitObjectID: Bool] = [:]
    var waiting: [GitRevision] = []
    var found: [GitRevision] = []
    for id in known where isKnown[id] == nil {
      do throws(GitError) {
        waiting.append(try commit(id).revision())
        isKnown[id] = true
      } catch .missingObject {
        continue
      }
    }
    for id in starts where isKnown[id] == nil {
      waiting.append(try commit(id).revision())
      isKnown[id] = false
    }
    while waiting.contains(where: { isKnown[$0.commit] == false }) {
      var newest = 0
      for index in waiting.indices {
        let (left, right) = (waiting[index], waiting[newest])
        // Of one second, what is known comes first, so that its parents are known in time.
        if left.time > right.time
          || left.time == right.time && isKnown[left.commit] == true
            && isKnown[right.commit] == false
        {
          newest = index
        }
      }
      let next = waiting.remove(at: newest)
      let nextIsKnown = isKnown[next.commit] == true
      if !nextIsKnown { found.append(next) }
      if boundary.contains(next.commit) { continue }
      for parent in try commit(next.commit).parents() {
        if isKnown[parent] == nil { waiting.append(try commit(parent).revision()) }
        isKnown[parent] = isKnown[parent] == true || nextIsKnown
      }
    }
    return found.filter { isKnown[$0.commit] == false }
  }
}
