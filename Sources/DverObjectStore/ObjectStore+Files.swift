package import DverCore
import DverFileSystem

/// The small files that stand beside the objects: `names/` and `runs/`.
extension ObjectStore {
  /// The files below `folder`, sorted, with names counted from the store; hidden ones are not ready.
  package func files(below folder: String) throws -> [String] {
    var found: [String] = []
    for entry in try FileSystem.entries(in: self.folder.appending(folder)) ?? [] {
      guard entry.name.first != UInt8(ascii: ".") else { continue }
      let name = folder + "/" + String(decoding: entry.name, as: UTF8.self)
      if entry.isDirectory { found += try files(below: name) } else { found.append(name) }
    }
    return found
  }

  /// The bytes of a file beside the objects; `nil` where there is none.
  package func contents(of name: String) throws -> [UInt8]? {
    try FileSystem.contents(of: folder.appending(name))
  }

  /// Quarantines an object that is damaged whenever it is read; does nothing to one that is sound,
  /// nor in a store that may only be read.
  package func setAsideIfDamaged(_ digest: Digest) throws {
    guard try !isIntact(digest) else { return }
    try ifWritable { try quarantine(digest) }
  }
}
