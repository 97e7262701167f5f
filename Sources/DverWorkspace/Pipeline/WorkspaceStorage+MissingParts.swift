import DverCore
import DverFileSystem
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

extension Workspace {
  /// Whether nothing is at `path`, or a link into a store that leads nowhere.
  func isAbsent(_ path: RepositoryPath) throws -> Bool {
    let place = root.appending(path)
    guard let status = try FileSystem.status(of: place) else { return true }
    guard status.isLink, let object = try object(behindLink: place) else { return false }
    return object.status == nil
  }
}
