package import DverCore

/// A path that dver tracks: an item of a pointer file, or an output of a stage.
package struct TrackedOutput: Sendable {
  package enum Origin: Hashable, Sendable {
    /// The pointer file.
    case pointer(RepositoryPath)
    /// A stage of the pipeline file in `folder`.
    case stage(name: String, folder: RepositoryPath)
  }

  package let path: RepositoryPath
  /// What is recorded; without a name where a stage has not run yet.
  package var record: OutputRecord
  package let origin: Origin
  /// Whether the content goes to the cache.
  package let isCached: Bool
  package let isPushed: Bool
  /// The remote that the content belongs to, if not the default one.
  package let remote: String?

  package var name: ContentName? { record.name }

  /// How lists of targets name the origin: the pointer's path, or the stage's address.
  package var originText: String {
    switch origin {
    case .pointer(let path): path.description
    case .stage(let name, let folder):
      folder.isRoot ? name : "\(folder)/dver.yaml:\(name)"
    }
  }
}

extension TrackedOutput {
  /// Whether the record says what `content` is.
  func isRecorded(_ content: WorkspaceContent) -> Bool {
    if case .file(let file) = content, file.isExecutable != record.isExecutable { return false }
    return content.name == name
  }
}
