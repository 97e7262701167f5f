import DverCore

/// How a directory differs from what was known of it.
package struct DirectoryChanges: Sendable {
  /// Known entries that are not there any more; ascending.
  package internal(set) var removed: [Int] = []
  /// Known files with another status; ascending.
  package internal(set) var modified: [Modification] = []
  /// What was not known, in the order of manifests.
  package internal(set) var added = FileTable()
  /// Paths of `.git` and `.dver`, which are passed over.
  package internal(set) var skipped: [[UInt8]] = []

  /// A known file, and how it is now.
  package struct Modification: Sendable {
    package let entry: Int
    package let isExecutable: Bool
    package let stamp: FileStamp
  }

  package init() {}

  package var keepsEntries: Bool { removed.isEmpty && added.count == 0 }

  /// How many entries came or went.
  var movementCount: Int { removed.count + added.count }

  /// Puts what several threads found together.
  init(joining parts: [DirectoryChanges]) {
    for part in parts {
      removed += part.removed
      modified += part.modified
      skipped += part.skipped
      added.append(contentsOf: part.added)
    }
    removed.sort()
    modified.sort { $0.entry < $1.entry }
    skipped.sort { $0.lexicographicallyPrecedes($1) }
    added.sort()
  }
}

extension FileTable {
  mutating func append(contentsOf other: FileTable) {
    paths.append(contentsOf: other.paths, 0..<other.count)
    kinds += other.kinds
    stamps += other.stamps
  }

  /// Puts entries that were appended in any order into the order of manifests.
  mutating func sort() {
    guard count > 1 else { return }
    let keys = (0..<count).map {
      Array(paths[$0]) + (kinds[$0] == .emptyDirectory ? [RepositoryPath.slash] : [])
    }
    let order = (0..<count).sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }
    var sorted = FileTable()
    for index in order {
      sorted.append(path: paths[index], kind: kinds[index], stamp: stamps[index])
    }
    (paths, kinds, stamps) = (sorted.paths, sorted.kinds, sorted.stamps)
  }
}
