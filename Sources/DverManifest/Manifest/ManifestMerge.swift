import DverCore

/// Two versions of a data set, merged entry by entry on the ground of a common one.
///
/// What one side alone changed is taken; the same change on both sides counts once; content and
/// executable bit of a file are two things. All else that both sides changed is a conflict: also a
/// file on one side where the other side has a folder, which is one conflict with all that lies
/// below. Renames are a deletion and an addition.
package struct ManifestMerge: Sendable {
  package enum Choice: String, Sendable {
    case ours, theirs
  }

  /// What a side did to a path.
  package enum Action: String, Sendable {
    case added, modified, deleted
    /// Has a file where the other side has a folder.
    case file
    /// Has a folder where the other side has a file.
    case folder
  }

  /// A path that both sides changed differently.
  package struct Conflict: Hashable, Sendable {
    /// Counted from the data set's folder.
    package let path: [UInt8]
    package let ours: Action
    package let theirs: Action
  }

  /// How an entry of our version becomes that of the result.
  struct Edit {
    let path: [UInt8]
    let isFolder: Bool
    let side: ManifestChanges.Side?
    /// Where a link's target is to be read.
    let source: Source
  }

  /// A version that an entry of the result stands in.
  package enum Source: Sendable {
    case ancestor, theirs
  }

  /// What is left undecided, sorted by path; a result exists only where there is nothing.
  package private(set) var conflicts: [Conflict] = []
  private(set) var edits: [Edit] = []

  /// - Parameters:
  ///   - ours: What our side changed since the common version.
  ///   - theirs: What their side changed.
  ///   - choose: Which side counts at a path that both changed differently; `nil` for neither.
  package init(
    ours: ManifestChanges, theirs: ManifestChanges, choose: (_ path: [UInt8]) -> Choice?
  ) {
    let roots = ManifestMergeRoots(ours, theirs)
    var (left, right) = (0, 0)
    var choices: [[UInt8]: Choice] = [:]
    for root in roots.sorted {
      choices[root] = choose(root)
      guard choices[root] == nil else { continue }
      let isOursFile = roots.filesOfOurs.contains(root)
      conflicts.append(
        Conflict(
          path: root, ours: isOursFile ? .file : .folder, theirs: isOursFile ? .folder : .file))
    }
    while left < ours.count || right < theirs.count {
      let order = Self.order(ours, left, theirs, right)
      let mine = order <= 0 ? ours.changes[left] : nil
      let other = order >= 0 ? theirs.changes[right] : nil
      let path = Array(order <= 0 ? ours.paths[left] : theirs.paths[right])
      if order <= 0 { left += 1 }
      if order >= 0 { right += 1 }
      if let root = roots.root(of: path) {
        if let choice = choices[root] { take(choice, path, mine, other) }
      } else {
        merge(path, mine, other, choose)
      }
    }
    conflicts.sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private mutating func merge(
    _ path: [UInt8], _ mine: ManifestChanges.Change?, _ other: ManifestChanges.Change?,
    _ choose: ([UInt8]) -> Choice?
  ) {
    guard let mine, let other else { return take(mine == nil ? .theirs : .ours, path, mine, other) }
    if mine.new == other.new { return }
    if let merged = Self.merged(mine, other) {
      if merged != mine.new { append(path, merged, from: .theirs) }
    } else if let choice = choose(path) {
      take(choice, path, mine, other)
    } else {
      conflicts.append(Conflict(path: path, ours: mine.action, theirs: other.action))
    }
  }

  /// Content of one side and executable bit of the other, where each changed one of them.
  private static func merged(
    _ mine: ManifestChanges.Change, _ other: ManifestChanges.Change
  ) -> ManifestChanges.Side? {
    guard let old = mine.old, let left = mine.new, let right = other.new,
      old.isFile, left.isFile, right.isFile
    else { return nil }
    let isOurContent = right.digest == old.digest
    guard isOurContent || left.digest == old.digest || left.digest == right.digest else {
      return nil
    }
    let content = isOurContent ? left : right
    // There are two kinds, so where both changed it they agree.
    let kind = left.kind == old.kind ? right.kind : left.kind
    return ManifestChanges.Side(kind: kind, digest: content.digest, size: content.size)
  }

  private mutating func take(
    _ choice: Choice, _ path: [UInt8], _ mine: ManifestChanges.Change?,
    _ other: ManifestChanges.Change?
  ) {
    guard choice == .theirs else { return }
    if let other {
      append(path, other.new, replacing: other.old ?? mine?.new, from: .theirs)
    } else if let mine {
      append(path, mine.old, replacing: mine.new, from: .ancestor)
    }
  }

  private mutating func append(
    _ path: [UInt8], _ side: ManifestChanges.Side?, replacing old: ManifestChanges.Side? = nil,
    from source: Source
  ) {
    let isFolder = (side ?? old)?.kind == .emptyDirectory
    edits.append(Edit(path: path, isFolder: isFolder, side: side, source: source))
  }

  /// Compares the paths of two changes as manifests order them; one past the end comes last.
  private static func order(
    _ ours: ManifestChanges, _ left: Int, _ theirs: ManifestChanges, _ right: Int
  ) -> Int {
    if left == ours.count { return 1 }
    if right == theirs.count { return -1 }
    return ours.paths.withPath(left) { mine in
      theirs.paths.withPath(right) { other in
        compareKeys(mine, ours.changes[left].isFolder, other, theirs.changes[right].isFolder)
      }
    }
  }
}

extension ManifestChanges.Change {
  var isFolder: Bool { (old ?? new)?.kind == .emptyDirectory }

  fileprivate var action: ManifestMerge.Action {
    old == nil ? .added : new == nil ? .deleted : .modified
  }
}

extension ManifestChanges.Side {
  fileprivate var isFile: Bool { kind == .file || kind == .executable }
}
