import DverCore
import DverGit

/// A line that git gives its pre-push hook: what is pushed, and what the other side has.
package struct PushedReference: Sendable {
  /// All zeros where a reference is deleted.
  let local: GitObjectID
  /// All zeros where the reference is new.
  let remote: GitObjectID

  /// - Parameter line: `LOCAL-NAME LOCAL-COMMIT REMOTE-NAME REMOTE-COMMIT`; `nil` for another text.
  package init?(line: [UInt8]) {
    // The first name is what the user typed, and may hold blanks.
    let fields = line.split(separator: UInt8(ascii: " ")).suffix(3)
    guard fields.count == 3, let last = fields.last, let first = fields.first,
      let local = GitObjectID(hex: first), let remote = GitObjectID(hex: last)
    else { return nil }
    (self.local, self.remote) = (local, remote)
  }
}

extension Workspace {
  /// Pushes the data of all commits that a push of git brings to the other side.
  ///
  /// What the references lead to must be whole. Data of commits before them that is nowhere any more
  /// is only told, as nobody could push these commits otherwise.
  ///
  /// - Parameter gitRemote: The name under which git knows the other side, if it has one.
  /// - Throws: ``IncompleteTransfer``, after copying the rest.
  package func pushData(
    of references: [PushedReference], to gitRemote: String?
  ) throws -> [TransferSummary] {
    let git = try requiredGit(for: "pushing commits")
    let tips = try references.filter { $0.local != .zero }
      .compactMap { try commit($0.local, in: git) }
    guard !tips.isEmpty else { return [] }
    var known = references.map(\.remote).filter { $0 != .zero }
    if let gitRemote {
      let tracking = try git.references(matching: "refs/remotes/\(gitRemote)/*")
      known += tracking.map { $0.revision.commit }
    }
    let last = Set(tips)
    let earlier = try git.commits(reachedBy: tips.map(\.commit), butNotBy: known)
      .filter { !last.contains($0) }

    var options = TransferOptions()
    options.revisions = earlier
    options.allowMissing = true
    let before = earlier.isEmpty ? [] : try push([], options: options)
    let lost = Set(before.flatMap(\.missing)).sorted()
    if !lost.isEmpty {
      let shown = lost.prefix(10).map { displayed($0) }.joined(separator: ", ")
      let more = lost.count > 10 ? " and \(lost.count - 10) more" : ""
      notices.warning("older versions are in no store any more: \(shown)\(more)")
    }
    options.revisions = tips
    options.allowMissing = false
    var summaries = try push([], options: options)
    for summary in before {
      if let index = summaries.firstIndex(where: { $0.remote == summary.remote }) {
        summaries[index].objectCount += summary.objectCount
        summaries[index].byteCount += summary.byteCount
      } else {
        summaries.append(summary)
      }
    }
    return summaries
  }

  /// `nil` for what is no commit: a tag of a file has no data.
  private func commit(_ id: GitObjectID, in git: GitRepository) throws -> GitRevision? {
    do {
      return try git.resolve(id.hex)
    } catch GitError.notACommit {
      return nil
    }
  }
}
