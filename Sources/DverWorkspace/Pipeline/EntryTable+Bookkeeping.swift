import DverCore
import DverFileSystem

/// Text files in a folder that say what is data there, and are none: a stage that depends on the folder
/// is not stale because an output beside its dependencies became known to git.
extension EntryTable {
  /// The table without pointers, pipelines, their locks, and ignore files, those of DVC too; `nil` where
  /// it has none of them.
  func withoutBookkeeping() -> EntryTable? {
    let own = kinds.indices.filter { kinds[$0] == .file && Self.isBookkeeping(paths[$0]) }
    guard !own.isEmpty else { return nil }
    var rest = EntryTable()
    var start = 0
    for index in own {
      rest.append(contentsOf: self, start..<index)
      start = index + 1
    }
    rest.append(contentsOf: self, start..<count)
    return rest
  }

  /// The links, with their targets.
  var links: [(path: [UInt8], target: [UInt8])] {
    kinds.indices.filter { kinds[$0] == .link }
      .map { (path: Array(paths[$0]), target: targets[$0] ?? []) }
  }

  private static func isBookkeeping(_ path: ArraySlice<UInt8>) -> Bool {
    // Most files end with another letter.
    switch path.last {
    case UInt8(ascii: "r"), UInt8(ascii: "l"), UInt8(ascii: "k"), UInt8(ascii: "e"),
      UInt8(ascii: "c"):
      let path = RepositoryPath(normalized: Array(path))
      return CatalogFiles.isOwn(path) || DVCProject.isOwn(path)
    default: return false
    }
  }
}
