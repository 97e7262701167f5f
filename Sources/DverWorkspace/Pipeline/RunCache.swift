import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

/// The runs that a store remembers: `runs/<2>/<key>/<digest of the entry>`, see ``RunCacheEntry``.
struct RunCache {
  static let folder = "runs"

  private let store: ObjectStore

  init(_ store: ObjectStore) { self.store = store }

  static func folder(of key: Digest) -> String { "\(folder)/\(key.hex.prefix(2))/\(key.hex)" }

  /// The runs with this key, the newest first. What is not whole is left out.
  func runs(of key: Digest) throws -> [StageLock] {
    var found: [(modified: Int64, name: String, lock: StageLock)] = []
    for name in try store.files(below: Self.folder(of: key)) {
      guard let lock = try lock(named: name),
        let status = try FileSystem.status(of: store.folder.appending(name))
      else { continue }
      found.append((status.modified, name, lock))
    }
    return found.sorted { ($1.modified, $0.name) < ($0.modified, $1.name) }.map(\.lock)
  }

  /// All runs with the names of their files, in the order of these.
  func runs() throws -> [(name: String, lock: StageLock)] {
    try store.files(below: Self.folder).compactMap { name in
      try lock(named: name).map { (name, $0) }
    }
  }

  func add(_ lock: StageLock, key: Digest, using transaction: StoreTransaction) throws {
    let bytes = RunCacheEntry.printed(lock)
    let name = "\(Self.folder(of: key))/\(SHA256.digest(of: bytes.span).hex)"
    // One that a power cut takes, or leaves in part, costs a run.
    if let present = try store.contents(of: name), Self.run(present, name: name) == nil {
      try FileSystem.removeFile(store.folder.appending(name))
    }
    _ = try transaction.write(bytes, to: name, synced: false)
  }

  /// The run that a file holds; `nil` where it is not what its name says.
  static func run(_ bytes: [UInt8], name: String) -> StageLock? {
    guard name.hasSuffix("/" + SHA256.digest(of: bytes.span).hex) else { return nil }
    return try? RunCacheEntry.parse(bytes: bytes, source: name)
  }

  private func lock(named name: String) throws -> StageLock? {
    try store.contents(of: name).flatMap { Self.run($0, name: name) }
  }
}
