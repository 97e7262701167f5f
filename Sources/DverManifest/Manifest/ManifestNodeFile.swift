package import DverCore

/// A node as it is stored: its place below the manifest folder of its data set, its digest and its
/// bytes.
package struct ManifestNodeFile: Sendable {
  package let location: RepositoryPath
  package let digest: Digest
  package let bytes: [UInt8]
}

/// What a pointer or a parent node says of a node.
package struct ManifestSummary: Hashable, Sendable {
  package let digest: Digest
  /// The count of files and links below.
  package let fileCount: Int64
  /// The bytes of all files below.
  package let byteCount: Int64
}
