import DverCore
import DverGit

/// A path whose conflict an operation takes out of the git index, or puts back there.
struct IndexConflict: Sendable {
  let path: RepositoryPath
  let conflict: GitConflict
  let isRestored: Bool

  /// The other way round.
  var inverse: IndexConflict {
    IndexConflict(path: path, conflict: conflict, isRestored: !isRestored)
  }

  /// `MODE:ID,MODE:ID,MODE:ID` of base, ours and theirs, `-` for an absent one.
  var versions: String {
    [conflict.ancestor, conflict.ours, conflict.theirs].map { entry in
      entry.map { "\(String($0.mode.rawValue, radix: 8)):\($0.id)" } ?? "-"
    }.joined(separator: ",")
  }

  init(path: RepositoryPath, conflict: GitConflict, isRestored: Bool) {
    (self.path, self.conflict, self.isRestored) = (path, conflict, isRestored)
  }

  /// Reads ``versions``; `nil` for anything else.
  init?(path: RepositoryPath, versions: String, isRestored: Bool) {
    let parts = versions.split(separator: ",")
    guard parts.count == 3 else { return nil }
    var entries: [GitIndexEntry?] = []
    for part in parts {
      let fields = part.split(separator: ":")
      if part == "-" {
        entries.append(nil)
      } else if fields.count == 2, let mode = UInt32(fields[0], radix: 8),
        let id = GitObjectID(hex: String(fields[1]))
      {
        entries.append(GitIndexEntry(id: id, mode: GitFileMode(rawValue: mode)))
      } else {
        return nil
      }
    }
    let conflict = GitConflict(ancestor: entries[0], ours: entries[1], theirs: entries[2])
    self.init(path: path, conflict: conflict, isRestored: isRestored)
  }
}
