import DverCore
import DverFileSystem
import DverHashing

/// Content whose digest was checked, to be read as often as is needed.
final class SoundContent: Sendable {
  private enum Place: ~Copyable, Sendable {
    case memory([UInt8])
    case file(OpenFile)
  }

  private let place: Place
  let byteCount: Int64
  /// The status of a file when it was checked; `nil` where nobody did.
  private let status: FileStatus?

  init(_ bytes: [UInt8]) {
    place = .memory(bytes)
    byteCount = Int64(bytes.count)
    status = nil
  }

  /// A file as it is, whatever becomes of it meanwhile.
  init(trusting file: consuming OpenFile) throws {
    byteCount = try file.status().size
    status = nil
    place = .file(file)
  }

  private init(_ file: consuming OpenFile, checkedWith status: FileStatus) {
    (byteCount, self.status) = (status.size, status)
    place = .file(file)
  }

  /// The content of a file if it has the digest: a small one is held in memory, a large one hashed
  /// and read again.
  static func checked(
    _ file: consuming OpenFile, _ digest: Digest, progress: Progress
  ) throws -> SoundContent? {
    let status = try file.status()
    if status.size <= blockByteCount {
      let bytes = try file.read(at: 0, count: Int(status.size))
      return SHA256.digest(of: bytes.span) == digest ? SoundContent(bytes) : nil
    }
    var hasher = FileHasher()
    progress.begin("Checking", byteCount: status.size, itemCount: 1)
    let found = unsafe try hasher.digest(of: file) { try progress.advance(bytes: $0) }
    progress.end()
    return found.digest == digest ? SoundContent(file, checkedWith: status) : nil
  }

  /// Hands over all blocks in order, until the taker has enough.
  ///
  /// - Throws: Where the file is not what it was when it was checked, and what the taker throws.
  func read(_ take: ([UInt8]) throws -> Bool) throws {
    switch place {
    case .memory(let bytes):
      if !bytes.isEmpty { _ = try take(bytes) }
    case .file(let file):
      var offset: Int64 = 0
      while offset < byteCount {
        let block = try file.read(
          at: offset, count: Int(min(Int64(Self.blockByteCount), byteCount - offset)))
        guard !block.isEmpty else { throw ChangedFileError(path: file.path) }
        offset += Int64(block.count)
        guard try take(block) else { break }
      }
      // The time of the status changes when somebody links the file, its content does not.
      guard let status else { return }
      let now = try file.status()
      guard now.size == status.size, now.modified == status.modified else {
        throw ChangedFileError(path: file.path)
      }
    }
  }

  /// What is read at once, and held in memory.
  private static let blockByteCount = 4 << 20
}
