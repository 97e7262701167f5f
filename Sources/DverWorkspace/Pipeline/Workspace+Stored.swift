import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore

extension Workspace {
  /// Whether the cache holds all of the content.
  func isStored(_ record: OutputRecord) throws -> Bool {
    guard let store = try cacheIfPresent(), let name = record.name else { return false }
    guard name.isDirectory else {
      // One of another size was written to, through a link into the cache.
      let object = try FileSystem.status(of: store.path(of: name.digest))
      if let object, let size = record.size, object.size != size {
        return try store.isIntact(name.digest)
      }
      return try store.contains(name.digest)
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
