import DverCore
import DverManifest

/// What becomes of a file that was in conflict.
struct ResolvedFile: Sendable {
  /// `nil` where it goes.
  var text: [UInt8]?
  /// Data whose ignore lines must be there.
  var ignored: [RepositoryPath] = []
  /// Tracked directories whose nodes are in the cache now.
  var manifests: [ManifestChange] = []
  /// Directories that a version tracked and the result does not, with their roots.
  var dropped: [ManifestChange] = []
}

/// What came of trying to resolve a file.
enum ResolveOutcome: Sendable {
  case resolved(ResolvedFile)
  case undecided([ResolveConflict])
}
