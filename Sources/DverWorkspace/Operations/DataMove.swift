import DverCore

/// Tracked data that an operation moves, by one rename on its file system.
struct DataMove: Sendable {
  let source: RepositoryPath
  let target: RepositoryPath
  /// Of the data itself, so that recovery can tell what was moved from what came later.
  let inode: UInt64
}
