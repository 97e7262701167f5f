import Glibc

/// The directory tree that a restarted machine finds, to be put on a real disk.
struct CrashedTree: Sendable {
  /// One thing in it; directories come before what is in them.
  struct Item: Sendable, Hashable {
    var path: [UInt8]
    var content: [UInt8]
    var mode: UInt32
    /// A file of several names has the same number under each.
    var file: Int
  }

  let items: [Item]
  private let stamps: [Int: RecordedOperation.Stamp]

  init(_ state: [ModelFile]) {
    var items: [Item] = []
    var stamps: [Int: RecordedOperation.Stamp] = [:]
    func visit(_ file: Int, _ path: [UInt8]) {
      stamps[file] = state[file].stamp
      items.append(
        Item(path: path, content: state[file].content, mode: state[file].mode, file: file))
      let names = state[file].names.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      for (name, child) in names { visit(child, path + [UInt8(ascii: "/")] + name) }
    }
    visit(0, [])
    (self.items, self.stamps) = (items, stamps)
  }

  /// Equal for trees that nobody can tell from each other.
  var fingerprint: Int {
    var hasher = Hasher()
    for item in items {
      hasher.combine(item.path)
      hasher.combine(item.content)
      hasher.combine(item.mode)
    }
    return hasher.finalize()
  }

  /// Makes the tree in the empty directory `root`.
  ///
  /// - Returns: For the record shim, what `stat` is to say: the inodes and times that files had.
  func make(at root: String) throws -> [UInt8] {
    let root = Array(root.utf8)
    var firstPath: [Int: [UInt8]] = [:]
    for item in items {
      let path = root + item.path
      if let first = firstPath[item.file] {
        try check(unsafe link(cString(first), cString(path)), path)
        continue
      }
      firstPath[item.file] = path
      switch item.mode & UInt32(S_IFMT) {
      case UInt32(S_IFDIR):
        if !item.path.isEmpty { try check(unsafe mkdir(cString(path), 0o700), path) }
      case UInt32(S_IFLNK):
        try check(unsafe symlink(cString(item.content), cString(path)), path)
      default:
        try writeFile(item.content, to: path, append: false)
        try check(unsafe chmod(cString(path), item.mode & 0o7777), path)
      }
    }
    // From below, for what is done inside of a directory changes its times.
    for item in items.reversed() where firstPath[item.file] == root + item.path {
      try setTimes(of: item, at: root + item.path)
    }
    return try disguises(firstPath)
  }

  private func setTimes(of item: Item, at path: [UInt8]) throws {
    let modified = Int(stamps[item.file]?.modified ?? 0)
    let time = timespec(tv_sec: modified / 1_000_000_000, tv_nsec: modified % 1_000_000_000)
    if item.mode & UInt32(S_IFMT) == UInt32(S_IFDIR), !item.path.isEmpty {
      try check(unsafe chmod(cString(path), item.mode & 0o7777), path)
    }
    try check(
      unsafe utimensat(AT_FDCWD, cString(path), [time, time], AT_SYMLINK_NOFOLLOW), path)
  }

  private func disguises(_ paths: [Int: [UInt8]]) throws -> [UInt8] {
    var rows: [[UInt64]] = []
    for (file, path) in paths {
      var status = stat()
      try check(unsafe lstat(cString(path), &status), path)
      guard let shown = stamps[file] else { continue }
      let real = RecordedOperation.Stamp(status)
      rows.append([
        real.inode, shown.inode, UInt64(bitPattern: real.changed),
        UInt64(bitPattern: shown.changed),
      ])
    }
    rows.sort { $0[0] < $1[0] }
    return rows.joined().flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
  }

  private func check(_ result: Int32, _ path: [UInt8]) throws {
    guard result == 0 else { throw SupportError.system("make again", path) }
  }
}
