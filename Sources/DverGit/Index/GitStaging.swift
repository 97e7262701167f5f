/// A work-tree file to be staged.
package struct GitStagedFile: Sendable {
  /// Counted from the work tree.
  package let path: [UInt8]
  package let isExecutable: Bool
  /// Whether to read the file even if its stat data says that it is what the index holds.
  package let mustRead: Bool
  /// Whether line ends and the like are to be as git's attributes and configuration ask for, as
  /// `git add` would make them.
  package let isFiltered: Bool

  package init(
    path: [UInt8], isExecutable: Bool = false, mustRead: Bool = false, isFiltered: Bool = false
  ) {
    (self.path, self.isExecutable) = (path, isExecutable)
    (self.mustRead, self.isFiltered) = (mustRead, isFiltered)
  }
}

/// A path that is to be in conflict in the index, in the place of what is there.
package struct GitStagedConflict: Sendable {
  /// Counted from the work tree.
  package let path: [UInt8]
  package let conflict: GitConflict

  package init(path: [UInt8], conflict: GitConflict) {
    (self.path, self.conflict) = (path, conflict)
  }
}

/// What came of staging.
package enum GitStagingOutcome: Hashable, Sendable {
  /// So many entries were added, replaced or removed; with 0 the index was not written.
  case staged(changeCount: Int)
  /// The index is of a kind that libgit2 cannot write, and git is not installed.
  case notStaged(reason: String)
}

/// What the index shall say about a path.
struct PlannedEntry: Sendable {
  let path: [UInt8]
  let id: GitObjectID
  let mode: GitFileMode
  let status: StatData
}

/// What the index shall become.
struct StagingPlan: Sendable {
  var entries: [PlannedEntry] = []
  var removals: [[UInt8]] = []
  var conflicts: [GitStagedConflict] = []
  /// How many entries and removals differ from the index as it was read.
  var changeCount = 0

  /// Puts the plan into `index`.
  func apply(to index: borrowing IndexHandle) throws(GitError) {
    for path in removals + conflicts.map(\.path) {
      for stage in 0...3 as ClosedRange<Int32> { try index.remove(path, stage: stage) }
    }
    for item in conflicts {
      for (stage, entry) in item.conflict.stages {
        try index.set(
          item.path, id: entry.id, mode: entry.mode, status: StatData(), stage: stage)
      }
    }
    for planned in entries {
      if let (entry, status) = index.details(planned.path), planned.agrees(with: entry),
        status == planned.status
      {
        continue
      }
      try index.set(planned.path, id: planned.id, mode: planned.mode, status: planned.status)
    }
  }

  /// The plan as `git update-index -z --index-info` reads it.
  func indexInfo() -> [UInt8] {
    var lines: [UInt8] = []
    func append(_ mode: String, _ id: GitObjectID, _ path: [UInt8]) {
      lines.append(contentsOf: "\(mode) \(id)\t".utf8)
      lines.append(contentsOf: path)
      lines.append(0)
    }
    for path in removals + conflicts.map(\.path) { append("0", .zero, path) }
    for item in conflicts {
      for (stage, entry) in item.conflict.stages {
        lines.append(
          contentsOf: "\(String(entry.mode.rawValue, radix: 8)) \(entry.id) \(stage)\t".utf8)
        lines.append(contentsOf: item.path + [0])
      }
    }
    for entry in entries {
      append(String(entry.mode.rawValue, radix: 8), entry.id, entry.path)
    }
    return lines
  }
}

extension PlannedEntry {
  /// Whether `entry` says the same about content and mode.
  func agrees(with entry: GitIndexEntry) -> Bool {
    entry.id == id && entry.mode == mode && !entry.isIntentToAdd
  }
}
