package import DverCore

/// What a walk found below one directory: every file, link and empty directory.
///
/// Sorted by the raw bytes of the path, where directories count with a `/` behind them. Paths are
/// relative to the directory. Columns have equal counts; 49 bytes an entry and the path.
package struct FileTable: Sendable {
  package enum Kind: UInt8, Sendable {
    case file, executable, link, emptyDirectory
    /// A FIFO, socket or device.
    case special
  }

  package internal(set) var paths = PathTable()
  package internal(set) var kinds: [Kind] = []
  package internal(set) var stamps: [FileStamp] = []
  /// Names that are never tracked and were passed over (`.git`, `.dver`): their paths.
  package var skipped: [[UInt8]] = []

  package init() {}

  package var count: Int { kinds.count }

  /// Gives their memory back.
  package mutating func forgetStamps() { stamps = [] }

  package mutating func append(
    path: some Collection<UInt8>, kind: Kind, stamp: FileStamp
  ) {
    paths.append(path)
    kinds.append(kind)
    stamps.append(stamp)
  }
}

/// The part of a file's status that changes when its content does.
package struct FileStamp: Hashable, Sendable, BitwiseCopyable {
  package var device: UInt64
  package var inode: UInt64
  /// Bytes.
  package var size: Int64
  /// Nanoseconds since 1970.
  package var modified: Int64
  /// Nanoseconds since 1970.
  package var changed: Int64

  package init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  package init(_ status: FileStatus) {
    self.init(
      device: status.device, inode: status.inode, size: status.size, modified: status.modified,
      changed: status.changed)
  }

  /// The stamp of an empty directory, whose times say nothing.
  package static let none = FileStamp(device: 0, inode: 0, size: 0, modified: 0, changed: 0)

  /// The later of the two times.
  package var latest: Int64 { max(modified, changed) }
}
