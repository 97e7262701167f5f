package import DverCore

/// A pointer file `X.dver`: what git tracks in the place of data.
package struct PointerFile: Hashable, Sendable {
  /// One item of `outs`: tracked data.
  package struct Output: Hashable, Sendable {
    /// Its path is relative, stays inside the pointer's folder (or `wdir`) and is not that folder.
    package var record: OutputRecord
    /// Whether the content goes to the cache.
    package var isCached: Bool
    package var persists: Bool
    /// Whether `push` takes it along.
    package var isPushed: Bool
    /// The remote it belongs to, if not the default one.
    package var remote: String?
    package var annotations: OutputAnnotations
  }

  /// One item of `deps`: where imported data comes from.
  package struct Dependency: Hashable, Sendable {
    /// Its path is a path or an address.
    package var record: OutputRecord
    package var repository: Repository?
  }

  /// The repository that data was imported from.
  package struct Repository: Hashable, Sendable {
    package var url: String
    /// The branch or tag to follow.
    package var revision: String?
    /// The commit that the data is of.
    package var lockedRevision: String?
    /// A configuration file or remote to use there.
    package var config: ParameterValue?
    package var remote: ParameterValue?
  }

  package var outputs: [Output]
  package var dependencies: [Dependency]
  /// `wdir` as written, relative to the pointer's folder.
  package var workingDirectory: [UInt8]?
  package var isFrozen: Bool
  /// `desc`.
  package var summary: String?
  package var meta: ParameterValue?
  /// `cmd` and `always_changed`, which mean nothing to dver and are kept for whoever wrote them.
  package var command: ParameterValue?
  package var isAlwaysChanged = false

  /// The text of a pointer to one path.
  package static func new(_ record: OutputRecord) -> [UInt8] {
    RecordPrinter.pointer([record])
  }
}
