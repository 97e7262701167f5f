import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore

extension Workspace {
  /// Whether the cache holds all of the content.
  func isStored(_ record: OutputRecord) throws -> Bool {
    guard let store = try cacheIfPresent(), let name = record.name else { return false }
    guard name.isDirectory else {
      guard let size = record.size else { return try store.contains(name.digest) }
      return try store.contains(name.digest, byteCount: size)
    }
    do {
      let entries = try ManifestReader { digest, _ in try store.read(digest) }
        .entries(of: name.digest)
      let key = RepositoryPath(normalized: Array(name.digest.hex.utf8))
      return try hasFiles(of: entries, name: name, at: key, in: store)
    } catch is StoreError {
      return false
    }
  }
}
