package import DverCore

/// How `add` takes data.
package struct AddOptions: Sendable {
  /// Whether targets are patterns.
  package var areGlobs = false
  /// Whether to leave the content out of the cache.
  package var withoutStoring = false
  /// Whether what a stage or another pointer tracks may be replaced.
  package var force = false
  /// Whether the workspace keeps its own file where links are configured.
  package var withoutRelinking = false
  /// Whether the content goes to a remote, and not to the cache.
  package var toRemote = false
  /// The remote, if not the default one.
  package var remote: String?
  /// Where data from elsewhere goes; the one target is then copied there, or tracked as if it were
  /// there where its content goes to a remote.
  package var output: [UInt8]?
  /// What the record of the operation says; `nil` for what was typed.
  var command: String?

  package init() {}
}

/// What `add` did with one target.
package struct AddedPath: Sendable {
  package let path: RepositoryPath
  package let pointer: RepositoryPath
  package let record: OutputRecord
  /// Whether the pointer is not what it was.
  package let isChanged: Bool
}

/// What `add` did.
package struct AddSummary: Sendable {
  package let paths: [AddedPath]
  /// What the cache did not have before.
  package let newObjectCount: Int
  package let newByteCount: Int
}
