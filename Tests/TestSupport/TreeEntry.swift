import Glibc

/// One thing in a directory tree, as a test compares it.
package struct TreeEntry: Equatable, Sendable, CustomStringConvertible {
  package enum Kind: Equatable, Sendable {
    case file([UInt8])
    case directory
    case symbolicLink(target: [UInt8])
    /// A FIFO, socket or device.
    case other
  }

  /// Relative to the directory that was listed.
  package let path: [UInt8]
  package let kind: Kind
  /// The permission bits.
  package let mode: UInt32

  /// `0644 file data/a.csv (12 bytes)`, and the like.
  package var description: String {
    let octal = String(mode, radix: 8)
    let bits = String(repeating: "0", count: max(0, 4 - octal.count)) + octal
    return switch kind {
    case .file(let bytes): "\(bits) file \(readable(path)) (\(bytes.count) bytes)"
    case .directory: "\(bits) directory \(readable(path))"
    case .symbolicLink(let target): "\(bits) link \(readable(path)) -> \(readable(target))"
    case .other: "\(bits) other \(readable(path))"
    }
  }
}

extension [TreeEntry] {
  /// Everything below `directory` with its content, sorted by the bytes of the path, where
  /// directories of the names in `ignored` are left out.
  init(below directory: [UInt8], ignoring ignored: Set<String>) throws {
    self = []
    try append(directory, prefix: [], ignored)
    sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private mutating func append(
    _ directory: [UInt8], prefix: [UInt8], _ ignored: Set<String>
  ) throws {
    for name in try listDirectory(directory) where !ignored.contains(readable(name)) {
      let full = directory + [UInt8(ascii: "/")] + name
      let entry = try TreeEntry(path: prefix + name, at: full)
      append(entry)
      if entry.kind == .directory {
        try append(full, prefix: prefix + name + [UInt8(ascii: "/")], ignored)
      }
    }
  }
}

extension TreeEntry {
  /// What is at `full`, called `path`.
  init(path: [UInt8], at full: [UInt8]) throws {
    var status = stat()
    guard unsafe lstat(cString(full), &status) == 0 else {
      throw SupportError.system("look at", full)
    }
    self.path = path
    mode = status.st_mode & 0o7777
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file(try readFile(full))
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink(target: try readLink(full))
      default: .other
      }
  }
}
