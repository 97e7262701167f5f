import DverCore
import DverPipeline
import Synchronization

/// Tracked data inside of folders that stages read.
extension WorkspaceStorage {
  /// Looked up once a command for each folder: no stage writes tracked data.
  func missingPart(
    of folder: RepositoryPath, among parts: [RepositoryPath]
  ) throws -> RepositoryPath? {
    if let known = state.withLock({ $0.missingParts[folder] }) { return known }
    let missing = try parts.first { try workspace.isAbsent($0) }
    state.withLock { $0.missingParts[folder] = .some(missing) }
    return missing
  }
}
