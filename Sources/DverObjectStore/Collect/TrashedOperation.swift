import DverCore
import DverFileSystem
import DverHashing
import Glibc

/// What one collection condemned: a folder in the trash of a store.
///
/// Loose objects lie in it under their digests, packs under their names.
package struct TrashedOperation: Sendable {
  package let name: String
  /// `nil` where the note cannot be read.
  package let note: TrashNote?
  /// When the last object came here, by the store's clock, in nanoseconds since 1970.
  package let condemnedAt: Int64
  let folder: AbsolutePath
}

extension ObjectStore {
  var trashFolder: AbsolutePath { folder.appending("trash") }

  /// What collections condemned, the oldest first.
  package func trashedOperations() throws -> [TrashedOperation] {
    try (FileSystem.names(in: trashFolder) ?? []).compactMap { name in
      let folder = trashFolder.appending(name)
      guard let status = try FileSystem.status(of: folder), status.isDirectory else { return nil }
      let file = folder.appending(TrashNote.fileName)
      let note = try readableNote(file)
      // Bringing an object back makes the folder younger, but not its note.
      let noted = note?.isComplete == true ? try FileSystem.status(of: file)?.modified : nil
      return TrashedOperation(
        name: String(decoding: name, as: UTF8.self), note: note,
        condemnedAt: noted ?? status.modified, folder: folder)
    }
  }

  private func readableNote(_ file: AbsolutePath) throws -> TrashNote? {
    do {
      let text = try FileSystem.contents(of: file, limit: 1 << 20)
      return text.flatMap { TrashNote(text: String(decoding: $0, as: UTF8.self)) }
    } catch let error as FileSystemError where error.code == EACCES {
      // Whoever shares the store may keep theirs to themselves.
      return nil
    }
  }

  /// The time by the clock of the store's file system, in nanoseconds since 1970.
  package func clock() throws -> Int64 { try FileSystem.clock(in: scratchFolder) }

  /// How many files lie in the trash, and their bytes.
  package func trashContent() throws -> (fileCount: Int, byteCount: Int64) {
    var content: (fileCount: Int, byteCount: Int64) = (0, 0)
    for operation in try trashedOperations() {
      for name in try FileSystem.names(in: operation.folder) ?? []
      where !name.elementsEqual(TrashNote.fileName.utf8) {
        content.fileCount += 1
        content.byteCount += try FileSystem.status(of: operation.folder.appending(name))?.size ?? 0
      }
    }
    return content
  }
}

/// The name of a file in the trash.
enum TrashedFile {
  case object(Digest)
  case pack(Digest)

  init?(name: [UInt8]) {
    guard name.count >= Digest.hexCount,
      let digest = Digest(hex: name.span.extracting(0..<Digest.hexCount))
    else { return nil }
    switch name.count {
    case Digest.hexCount: self = .object(digest)
    case Digest.hexCount + PackFolder.suffix.utf8.count
    where name.suffix(PackFolder.suffix.utf8.count).elementsEqual(PackFolder.suffix.utf8):
      self = .pack(digest)
    default: return nil
    }
  }
}
