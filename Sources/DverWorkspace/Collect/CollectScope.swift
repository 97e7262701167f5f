import DverCore

/// Which versions a collection keeps, beside those that are always kept.
package struct CollectScope: Hashable, Sendable {
  package var workspace = false
  package var allBranches = false
  package var allTags = false
  package var allCommits = false
  package var allExperiments = false
  package var revisions: [String] = []
  /// So many commits from each revision on, or from HEAD.
  package var count: Int?
  /// Commits since this time, in seconds since 1970.
  package var since: Int64?
  /// Folders of other projects whose versions count like those of this one; absolute in notes.
  package var projects: [[UInt8]] = []
  /// The remote that has sound copies of what is not kept for that reason.
  package var notInRemote: String?

  package init() {}

  /// Whether the user named no version.
  package var isEmpty: Bool { !workspace && isWorkspaceOnly }

  /// Whether nothing is kept but what always is.
  var isWorkspaceOnly: Bool {
    !allBranches && !allTags && !allCommits && !allExperiments && revisions.isEmpty && count == nil
      && since == nil
  }

  /// Everything that git reaches.
  static var everything: CollectScope {
    var scope = CollectScope()
    scope.allCommits = true
    return scope
  }

  /// As on the command line, for ``init(words:)``.
  var words: [String] {
    var words: [String] = []
    for (isOn, word) in flags where isOn { words.append(word) }
    for revision in revisions { words += ["--rev", revision] }
    if let count { words += ["--num", String(count)] }
    if let since { words += ["--date", String(since)] }
    for project in projects { words += ["--projects", PathQuoting.quoted(project)] }
    if let notInRemote { words += ["--not-in-remote", notInRemote] }
    return words
  }

  private var flags: [(Bool, String)] {
    [
      (workspace, "--workspace"), (allBranches, "--all-branches"), (allTags, "--all-tags"),
      (allCommits, "--all-commits"), (allExperiments, "--all-experiments"),
    ]
  }

  /// Reads ``words``; `nil` where this version of dver does not know one of them.
  init?(words: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--workspace": workspace = true
      case "--all-branches": allBranches = true
      case "--all-tags": allTags = true
      case "--all-commits": allCommits = true
      case "--all-experiments": allExperiments = true
      default:
        guard let value = rest.popFirst(), take(word, value) else { return nil }
      }
    }
  }

  private mutating func take(_ word: String, _ value: String) -> Bool {
    switch word {
    case "--rev": revisions.append(value)
    case "--num":
      count = Int(value)
      return count != nil
    case "--date":
      since = Int64(value)
      return since != nil
    case "--projects":
      guard let path = PathQuoting.unquote(Array(value.utf8).span) else { return false }
      projects.append(path)
    case "--not-in-remote": notInRemote = value
    default: return false
    }
    return true
  }
}
