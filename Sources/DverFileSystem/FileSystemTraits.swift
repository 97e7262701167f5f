import CSystem

/// What kind of file system a path lies on.
package struct FileSystemTraits: Hashable, Sendable {
  /// Whether another machine may stamp its files.
  package let isNetwork: Bool
  /// Its name as people know it.
  package let name: String

  /// By the magic numbers of `statfs(2)`.
  private static let local: [UInt64: String] = [
    0xef53: "ext4", 0x5846_5342: "xfs", 0x9123_683e: "btrfs", 0x2fc1_2fc1: "zfs",
    0x0102_1994: "tmpfs", 0xf2f5_2010: "f2fs", 0x794c_7630: "overlay", 0x8584_58f6: "ramfs",
  ]
  private static let remote: [UInt64: String] = [
    0x6969: "nfs", 0xff53_4d42: "cifs", 0xfe53_4d42: "smb2", 0x6573_5546: "fuse",
    0x0bd0_0bd0: "lustre", 0x00c3_6400: "ceph", 0x0102_1997: "9p",
  ]

  fileprivate init(magic: UInt64) {
    if let name = Self.local[magic] {
      (isNetwork, self.name) = (false, name)
    } else {
      (isNetwork, name) = (true, Self.remote[magic] ?? "unknown")
    }
  }
}

extension FileSystem {
  /// The traits of the file system that holds `path`, which must exist.
  package static func traits(of path: AbsolutePath) throws -> FileSystemTraits {
    let magic = unsafe path.withCString { unsafe dver_file_system_magic($0) }
    guard magic >= 0 else { throw FileSystemError(.stat, path) }
    return FileSystemTraits(magic: UInt64(magic))
  }

  /// Whether files can be renamed from one folder into the other: they lie in one mount. Two mounts of
  /// one file system do not do.
  package static func areInOneMount(_ one: AbsolutePath, _ other: AbsolutePath) throws -> Bool {
    guard try status(of: one)?.device == status(of: other)?.device else { return false }
    func mount(of path: AbsolutePath) -> UInt64 {
      unsafe path.withCString { unsafe dver_mount($0) }
    }
    return mount(of: one) == mount(of: other)
  }
}
