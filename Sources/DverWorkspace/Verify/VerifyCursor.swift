import DverCore
import DverFileSystem

/// Where the last partial `verify` of a store stopped, in the order of digests.
struct VerifyCursor {
  private let path: AbsolutePath

  init(in folder: AbsolutePath, storeID: String) {
    path = folder.appending("verify").appending(storeID)
  }

  /// `digests`, which are sorted, from the place on where the last one stopped, and then the ones
  /// before it.
  func rotated(_ digests: [Digest]) throws -> [Digest] {
    guard let bytes = try FileSystem.contents(of: path, limit: 256),
      let next = Digest(hex: bytes.span.extracting(0..<min(bytes.count, Digest.hexCount)))
    else { return digests }
    let start = digests.firstIndex { $0 >= next } ?? 0
    return Array(digests[start...] + digests[..<start])
  }

  /// The next time begins with `next`; at the start where it is `nil`.
  func save(_ next: Digest?) throws {
    guard let next else {
      try FileSystem.removeFile(path)
      return
    }
    try FileSystem.makeDirectories(path.parent)
    try FileSystem.replaceContents(of: path, with: Array("\(next.hex)\n".utf8))
  }
}
