import Glibc

/// The index as it was last read.
struct IndexState: ~Copyable {
  /// `nil` until the index is first needed.
  private var handle: IndexHandle?
  private var stamp: IndexStamp?
  /// Whether libgit2 read the file itself, so that entries carry stat data.
  private(set) var isNative = true

  /// Calls `body` with the present content of the index file at `path`, which is read again only
  /// where it was replaced since the last call.
  mutating func read<Result: Sendable>(
    _ path: [UInt8], with program: GitProgram,
    _ body: @Sendable (borrowing IndexHandle, _ stamp: IndexStamp?) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    let present = IndexStamp(path)
    if handle == nil || present != stamp || present == nil {
      handle = nil
      if let native = try IndexHandle.read(path) {
        handle = consume native
        isNative = true
      } else {
        handle = try Self.listing(path, program)
        isNative = false
      }
      stamp = present
    }
    switch handle {
    case .some(let handle): return try body(handle, present)
    case .none: preconditionFailure("the index was just read")
    }
  }

  /// Entries as the git program lists them; without stat data.
  private static func listing(
    _ path: [UInt8], _ program: GitProgram
  ) throws(GitError) -> IndexHandle {
    let refusal = GitError.unreadableIndex(
      path: path, detail: "it is split, sparse or without a checksum, and git is not installed")
    guard let result = try program.run(["ls-files", "--stage", "-z"]) else { throw refusal }
    try result.requireSuccess("list the git index")
    let index = try IndexHandle.empty()
    for line in result.output.split(separator: 0) {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
      let fields = line[..<tab].split(separator: UInt8(ascii: " "))
      guard fields.count == 3, let id = GitObjectID(hex: fields[1]),
        let mode = UInt32(String(decoding: fields[0], as: UTF8.self), radix: 8),
        let stage = Int32(String(decoding: fields[2], as: UTF8.self))
      else { continue }
      try index.set(
        Array(line[(tab + 1)...]), id: id, mode: GitFileMode(rawValue: mode), status: StatData(),
        stage: stage)
    }
    return index
  }
}

/// What tells that an index file was replaced; its time also tells racy entries.
struct IndexStamp: Equatable {
  let seconds: Int
  let nanoseconds: Int
  private let inode: UInt
  private let byteCount: Int

  /// `nil` where there is no file.
  init?(_ path: [UInt8]) {
    guard let status = try? WorkFile.status(of: path) else { return nil }
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    inode = status.st_ino
    byteCount = Int(status.st_size)
  }

  /// Whether git, which compares whole seconds, would look at the content of a file with this stat data
  /// as long as the index has this time.
  func isRacyToGit(_ data: StatData) -> Bool {
    data.modificationSeconds >= Int32(truncatingIfNeeded: seconds)
  }

  /// Whether a file with this stat data may have changed after the index was written without
  /// its data showing it: its time is not older than the index's.
  func isRacy(_ data: StatData) -> Bool {
    let index = (Int32(truncatingIfNeeded: seconds), UInt32(truncatingIfNeeded: nanoseconds))
    return (data.modificationSeconds, data.modificationNanoseconds) >= index
  }
}
