/// The entries of one tree object, read in place.
struct GitTree {
  let bytes: [UInt8]
  private let id: GitObjectID
  /// Where the next entry begins.
  private var position = 0

  init(id: GitObjectID, bytes: [UInt8]) {
    self.id = id
    self.bytes = bytes
  }

  /// The next entry in git's order; `nil` behind the last one.
  mutating func next() throws(GitError) -> Entry? {
    guard position < bytes.count else { return nil }
    var mode: UInt32 = 0
    while position < bytes.count, bytes[position] != 0x20 {
      guard (0x30...0x37).contains(bytes[position]), mode < 1 << 24 else { throw damaged() }
      mode = mode << 3 | UInt32(bytes[position] - 0x30)
      position += 1
    }
    let start = position + 1
    guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0),
      end > start, end + GitObjectID.byteCount < bytes.count
    else { throw damaged() }
    position = end + 1 + GitObjectID.byteCount
    return Entry(
      name: start..<end, id: GitObjectID(bytes: bytes.span.extracting((end + 1)..<position)),
      mode: GitFileMode(rawValue: mode))
  }

  private func damaged() -> GitError {
    .failed(action: "read git object \(id)", detail: "the tree is damaged")
  }

  /// One line of a tree.
  struct Entry {
    /// Where the name stands in the tree's bytes.
    let name: Range<Int>
    let id: GitObjectID
    let mode: GitFileMode

    var isDirectory: Bool { mode == .directory }
  }
}
