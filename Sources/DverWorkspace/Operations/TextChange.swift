import DverCore

/// A small file that an operation writes or removes: a pointer, a lock, an ignore file.
struct TextChange: Sendable {
  let path: RepositoryPath
  /// `nil` where there was no file.
  let old: [UInt8]?
  /// `nil` to remove the file.
  let new: [UInt8]?
}

/// A manifest that an operation writes or removes.
struct ManifestChange: Sendable {
  /// The tracked directory.
  let path: RepositoryPath
  let old: Digest?
  /// `nil` to remove all nodes.
  let new: Digest?
}
