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

  /// The output at `path`, or the one that `path` lies below.
  func output(containing path: RepositoryPath) -> TrackedOutput? {
    var candidate = path
    while !candidate.isRoot {
      let index = firstIndex(notBefore: candidate.bytes)
      if index < outputs.count, outputs[index].path == candidate { return outputs[index] }
      candidate = candidate.parent
    }
    return nil
  }

  /// The output that stands at `path` itself.
  func output(at path: RepositoryPath) -> TrackedOutput? {
    let index = firstIndex(notBefore: path.bytes)
    return index < outputs.count && outputs[index].path == path ? outputs[index] : nil
  }

  /// The outputs below `folder`, which follow each other.
  func outputs(below folder: RepositoryPath) -> ArraySlice<TrackedOutput> {
    if folder.isRoot { return outputs[...] }
    return outputs[
      firstIndex(
        notBefore: folder.bytes + [RepositoryPath.slash])..<firstIndex(
          notBefore: folder.bytes + [RepositoryPath.slash + 1])]
  }

  private func firstIndex(notBefore path: [UInt8]) -> Int {
    var (low, high) = (0, outputs.count)
    while low < high {
      let middle = (low + high) / 2
      if outputs[middle].path.bytes.lexicographicallyPrecedes(path) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
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
