package import DverCore
package import DverFileSystem

/// How `migrate` goes about its work.
package struct MigrateOptions: Sendable {
  /// The project to make a copy of; `nil` to convert the workspace's own folder.
  package var source: AbsolutePath?
  /// Whether a copy gets the files of DVC too.
  package var keepsFiles = false
  /// Whether the files of DVC go, with those objects of its cache that were taken over.
  package var removesDVC = false

  package init() {}
}

/// What `migrate` did.
package struct MigrateSummary: Sendable {
  package var pointers: [RepositoryPath] = []
  package var stages: [String] = []
  /// Stages whose outputs were nowhere to be found.
  package var forgottenStages: [String] = []
  package var objectCount = 0
  package var byteCount = 0
  /// Remotes, with the folder that dver uses.
  package var remotes: [(name: String, folder: AbsolutePath)] = []
  /// Remotes that are no folders.
  package var leftRemotes: [String] = []
}
