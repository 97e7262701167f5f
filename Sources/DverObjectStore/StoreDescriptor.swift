import DverCore
package import DverFileSystem
import Glibc

/// The file `dver-store`: what makes a folder an object store.
package struct StoreDescriptor: Hashable, Sendable {
  /// Random, 32 hexadecimal digits.
  package let id: String
  /// Seconds since 1970.
  package let created: Int64
  /// Features that a program must know to read the store.
  package let requires: [String]
  /// Features that a program must know to collect garbage in it.
  package let uses: [String]

  package static let fileName = "dver-store"

  /// What this version of dver knows to read.
  private static let knownRequirements: Set<String> = []

  package init(id: String, created: Int64, requires: [String] = [], uses: [String] = []) {
    self.id = id
    self.created = created
    self.requires = requires
    self.uses = uses
  }

  package var text: String {
    """
    version: 1
    id: \(id)
    hash: sha256
    created: \(created)
    requires: [\(requires.joined(separator: ", "))]
    uses: [\(uses.joined(separator: ", "))]

    """
  }

  /// Reads the file; unknown lines are an error, for their meaning could matter.
  package init(text: String, path: String) throws {
    var values: [String: String] = [:]
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      guard let colon = line.firstIndex(of: ":") else {
        throw StoreError.unreadableDescriptor(path, reason: "a line has no colon")
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      guard values.updateValue(String(value), forKey: String(line[..<colon])) == nil else {
        throw StoreError.unreadableDescriptor(path, reason: "'\(line[..<colon])' stands twice")
      }
    }
    guard let version = values["version"], let hash = values["hash"], let id = values["id"] else {
      throw StoreError.unreadableDescriptor(path, reason: "version, id or hash is missing")
    }
    guard version == "1" else {
      throw StoreError.unknownRequirement(path, feature: "version \(version.prefix(32))")
    }
    guard hash == "sha256" else {
      throw StoreError.unknownRequirement(path, feature: "hash \(hash.prefix(32))")
    }
    guard id.utf8.count == 32, id.utf8.allSatisfy({ Self.isHexDigit($0) }),
      let created = values["created"].flatMap({ Int64($0) })
    else { throw StoreError.unreadableDescriptor(path, reason: "id or created is not valid") }
    self.init(
      id: id, created: created, requires: try Self.list(values["requires"], path: path),
      uses: try Self.list(values["uses"], path: path))
    for feature in requires where !Self.knownRequirements.contains(feature) {
      throw StoreError.unknownRequirement(path, feature: feature)
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static func list(_ text: String?, path: String) throws -> [String] {
    guard let text, text.hasPrefix("["), text.hasSuffix("]") else {
      throw StoreError.unreadableDescriptor(path, reason: "requires or uses is not a list")
    }
    return text.dropFirst().dropLast().split(separator: ",").map {
      String($0.drop { $0 == " " })
    }
  }

  /// Reads the descriptor of the store at `folder`; `nil` where there is none.
  package static func read(at folder: AbsolutePath) throws -> StoreDescriptor? {
    let path = folder.appending(fileName)
    guard let bytes = try FileSystem.contents(of: path, limit: 64 * 1024) else { return nil }
    return try StoreDescriptor(
      text: String(decoding: bytes, as: UTF8.self), path: path.description)
  }

  /// Whether a folder is an object store, be it one of a later version. What the file says decides,
  /// for anybody may name a file so.
  package static func isStore(_ folder: AbsolutePath) throws -> Bool {
    let file = folder.appending(fileName)
    guard try FileSystem.statusFollowingLinks(of: file)?.isFile == true else { return false }
    do {
      return try read(at: folder) != nil
    } catch StoreError.unknownRequirement {
      return true
    } catch StoreError.unreadableDescriptor {
      return false
    }
  }

  /// Whether a folder without the file holds what only a store does.
  package static func isLost(at folder: AbsolutePath) throws -> Bool {
    let names = [Array(fileName.utf8), Array("HEAD".utf8)]
    // A git repository has such a folder of objects, too.
    if try names.contains(where: { try FileSystem.exists(folder.appending($0)) }) { return false }
    let packs = try FileSystem.names(in: folder.appending("packs")) ?? []
    if packs.contains(where: PackFolder.isPack) { return true }
    let objects = folder.appending("objects")
    return try (FileSystem.names(in: objects) ?? []).filter { $0.count == 2 }.contains { name in
      try (FileSystem.names(in: objects.appending(name)) ?? []).contains { $0.count == 62 }
    }
  }

  /// Writes the file of a store again that has lost it.
  ///
  /// - Parameter id: That of the store, where it is known.
  package static func restore(at folder: AbsolutePath, id: String?) throws {
    _ = try write(to: folder, id: id)
  }

  /// A store keeps house in its folders, so that none of them may be somebody else's.
  private static func refuseOthersFiles(in folder: AbsolutePath) throws {
    for name in ["objects", "packs", "runs", "names", "pending", "leases", "trash", "quarantine"]
    where try FileSystem.exists(folder.appending(name)) {
      // Of two that try at once, one may be on its way already.
      if try read(at: folder) != nil { return }
      throw StoreError.occupied(folder.description, name: name)
    }
    let staging = folder.appending("tmp")
    guard let status = try FileSystem.status(of: staging) else { return }
    let names = status.isDirectory ? try FileSystem.names(in: staging) ?? [] : [[]]
    guard names.allSatisfy({ $0.starts(with: FileSystem.temporaryPrefix.utf8) }) else {
      if try read(at: folder) != nil { return }
      throw StoreError.occupied(folder.description, name: "tmp")
    }
  }

  /// Makes the folder a store; of two that try at once, both end up with the first one's.
  package static func create(at folder: AbsolutePath) throws -> StoreDescriptor {
    try refuseOthersFiles(in: folder)
    return try write(to: folder, id: nil)
  }

  private static func write(to folder: AbsolutePath, id: String?) throws -> StoreDescriptor {
    // What a killed process leaves there goes with the rest of the folder's waste.
    let staging = folder.appending("tmp")
    try FileSystem.makeSharedDirectories(folder, synced: true)
    try FileSystem.makeSharedDirectories(staging)
    var generator = SystemRandomNumberGenerator()
    let fresh = (0..<2).map { _ in Digest.hexWord(generator.next()) }.joined()
    let descriptor = StoreDescriptor(id: id ?? fresh, created: Int64(time(nil)))
    let temporary = staging.appending(FileSystem.temporaryName())
    // Others may write to it until it is complete, so that they can tell by its lock who is alive.
    let file = try OpenFile(temporary, .createNew(permissions: 0o644))
    defer { _ = try? FileSystem.removeFile(temporary) }
    _ = try? file.tryLock()
    try file.write(Array(descriptor.text.utf8))
    try file.sync()
    do {
      try FileSystem.link(temporary, at: folder.appending(fileName))
      try FileSystem.syncDirectory(folder)
    } catch let error as FileSystemError where error.code == EEXIST {
      // Somebody else was first.
    }
    try file.setMode(0o444)
    try file.finish()
    guard let written = try read(at: folder) else { throw StoreError.notAStore("\(folder)") }
    return written
  }
}
