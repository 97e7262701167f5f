import DverCore
import DverFileSystem
import DverHashing
import DverParallel
import DverPipeline
import Synchronization

/// Outputs that were hashed so soon after they were made that their status cannot vouch for them.
extension WorkspaceStorage {
  /// Takes note of an output that the next command would hash again.
  func noteUnsettled(_ content: WorkspaceContent, at path: RepositoryPath) throws {
    let isSettled =
      switch content {
      case .missing: true
      case .file(let file):
        try workspace.fileIndex.lookup(path, stamp: file.stamp) != nil
      case .directory(let directory): !directory.stamps.contains(StatIndex.untrusted)
      }
    state.withLock { state in
      if isSettled { state.unsettled.remove(path) } else { state.unsettled.insert(path) }
    }
  }

  /// Hashes such outputs once more that are old enough by now, so that the next command need not. Others
  /// are left to the next call, and what cannot be read to the next command.
  func settle() {
    let paths = state.withLock { $0.unsettled.sorted() }
    let threads = min(processorCount, 1 + paths.count / Self.settledPerThread)
    // No more than the time of the next command is at stake.
    try? parallelFor(chunks: paths.count, threads: threads) { number in
      guard let (location, key) = try? self.place(of: .inside(paths[number])),
        let status = try? FileSystem.status(of: location),
        let delay = try? self.workspace.delay(untilVouchedFor: FileStamp(status)), delay == 0
      else { return }
      self.state.withLock { _ = $0.unsettled.remove(paths[number]) }
      _ = try? self.scanner.content(at: location, key: key, status: status)
    }
  }

  /// Starting a thread takes as long as hashing some small files.
  private static let settledPerThread = 16
}
