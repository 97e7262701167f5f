import DverCore
import DverFileSystem

/// Where files wait for their places.
extension Workspace {
  /// A hidden folder in the mount that `target` lies in.
  func stagingFolder(for target: AbsolutePath) throws -> StagingFolder {
    let parent = try target.nearestFolder()
    try FileSystem.makeDirectories(temporaryFolder)
    if try FileSystem.areInOneMount(parent, temporaryFolder) {
      return try StagingFolder(
        in: temporaryFolder.appending("staging"), leases: configuration().leases)
    }
    return try StagingFolder(
      in: parent.appending(ReservedName.staging), leases: configuration().leases)
  }
}

extension AbsolutePath {
  /// The folder itself, or the first one above it that exists.
  func nearestFolder() throws -> AbsolutePath {
    var folder = self
    while try FileSystem.status(of: folder)?.isDirectory != true { folder = folder.parent }
    return folder
  }
}
