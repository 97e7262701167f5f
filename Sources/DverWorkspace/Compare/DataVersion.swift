import DverCore
import DverManifest

/// One version of all outputs that are kept in the cache: what a revision or the pointers of the
/// workspace record, or what the workspace holds.
struct DataVersion: Sendable {
  /// Sorted by path, all with a name.
  let outputs: [TrackedOutput]
  /// Directories whose entries are known, by path.
  let tables: [RepositoryPath: EntryTable]
  private let makeReader: @Sendable (RepositoryPath) -> ManifestReader

  init(
    _ outputs: [TrackedOutput], tables: [RepositoryPath: EntryTable] = [:],
    reader: @escaping @Sendable (RepositoryPath) -> ManifestReader
  ) {
    self.outputs = outputs.filter { $0.isCached && $0.name != nil }
    self.tables = tables
    makeReader = reader
  }

  /// Reads the manifest of the directory at `path`.
  func reader(of path: RepositoryPath) -> ManifestReader { makeReader(path) }

  /// The entries of a directory; none of a file.
  func entries(of output: TrackedOutput) throws -> EntryTable {
    if let table = tables[output.path] { return table }
    guard let name = output.name, name.isDirectory else { return EntryTable() }
    return try reader(of: output.path).entries(of: name.digest)
  }
}
