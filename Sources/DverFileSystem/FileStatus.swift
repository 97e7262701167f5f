import Glibc

/// What `stat` says about a path.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: UInt8, Sendable {
    case file, directory, link
    /// A FIFO, socket or device.
    case special
  }

  package let kind: Kind
  /// Permission bits alone.
  package let mode: UInt32
  package let device: UInt64
  package let inode: UInt64
  /// Bytes.
  package let size: Int64
  /// Nanoseconds since 1970.
  package let modified: Int64
  /// Nanoseconds since 1970.
  package let changed: Int64
  package let linkCount: UInt64
  package let owner: UInt32

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .link
      default: .special
      }
    mode = status.st_mode & 0o7777
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
    linkCount = UInt64(status.st_nlink)
    owner = status.st_uid
  }

  static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  package var isDirectory: Bool { kind == .directory }
  package var isFile: Bool { kind == .file }
  package var isLink: Bool { kind == .link }
  /// Whether the owner may execute it.
  package var isExecutable: Bool { mode & 0o100 != 0 }

  /// Whether the members of a folder's group share what is made in it.
  package var isSharedFolder: Bool { isDirectory && mode & 0o2020 == 0o2020 }

  /// Whether two looks at a file saw the same bytes, as far as its status tells.
  package func hasSameContent(as other: FileStatus) -> Bool {
    inode == other.inode && device == other.device && size == other.size
      && modified == other.modified && changed == other.changed
  }
}
