import CSystem
import Glibc

/// Reads directories in large steps.
enum DirectoryReader {
  /// An entry as the directory lists it.
  @safe struct Entry {
    private let record: UnsafeRawPointer

    fileprivate init(_ record: UnsafeRawPointer) { unsafe self.record = record }

    /// The name with a NUL behind it, valid until the next entry.
    var nameStart: UnsafePointer<CChar> { unsafe dver_dirent_name(record) }
    var nameCount: Int { unsafe strlen(nameStart) }
    var name: [UInt8] {
      unsafe Array(UnsafeRawBufferPointer(start: nameStart, count: nameCount))
    }
    /// What the directory says it is; file systems may leave that open.
    var isDirectory: Bool? {
      switch unsafe Int(dver_dirent_type(record)) {
      case Int(DT_DIR): true
      case Int(DT_UNKNOWN): nil
      default: false
      }
    }
    /// Whether it is surely a regular file; others may be one too.
    var isSurelyFile: Bool { unsafe Int(dver_dirent_type(record)) == Int(DT_REG) }
    /// Whether it is no data by its name.
    var isReserved: Bool {
      guard unsafe nameStart[0] == 0x2e else { return false }
      return unsafe ReservedName.contains(
        UnsafeBufferPointer(start: nameStart, count: nameCount).lazy.map { UInt8(bitPattern: $0) })
    }
    fileprivate var byteCount: Int { unsafe Int(dver_dirent_length(record)) }
    fileprivate var isDotOrDotDot: Bool {
      let name = unsafe nameStart
      guard unsafe name[0] == 0x2e else { return false }
      return unsafe name[1] == 0 || (name[1] == 0x2e && name[2] == 0)
    }
  }

  /// Visits every entry but `.` and `..`, in the order of the file system.
  static func forEachEntry(
    of directory: borrowing OpenFile, _ body: (Entry) throws -> Void
  ) throws {
    let path = directory.path
    let descriptor = directory.descriptor
    try unsafe withUnsafeTemporaryAllocation(byteCount: bufferByteCount, alignment: 16) { buffer in
      guard let start = buffer.baseAddress else { return }
      while true {
        let filled = unsafe dver_getdents64(descriptor, start, buffer.count)
        guard filled >= 0 else { throw FileSystemError(.list, path) }
        if filled == 0 { return }
        var offset = 0
        while offset < filled {
          let entry = unsafe Entry(start + offset)
          offset += entry.byteCount
          if !entry.isDotOrDotDot { try body(entry) }
        }
      }
    }
  }

  /// Some 1,000 names a call.
  private static let bufferByteCount = 32 * 1024
}
