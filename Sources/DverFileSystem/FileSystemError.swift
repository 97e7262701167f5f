import DverCore
import Glibc

/// A system call that failed, with what it was about.
package struct FileSystemError: DverError {
  package enum Operation: String, Sendable {
    case find, open, read, write, create, remove, rename, link, lock, sync, list, stat, copy
    case change = "change the mode of"
    case lookInto = "look into"
    case start
  }

  package let operation: Operation
  package let subject: String
  /// The system's error number.
  package let code: Int32

  package init(_ operation: Operation, _ subject: String, code: Int32 = errno) {
    self.operation = operation
    self.subject = subject
    self.code = code
  }

  package init(_ operation: Operation, _ path: AbsolutePath, code: Int32 = errno) {
    self.init(operation, path.description, code: code)
  }

  package var message: String {
    "cannot \(operation.rawValue) \(subject): \(Self.text(of: code))"
  }

  package var hint: String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space on that file system and run the command again"
    case EACCES, EPERM: "check the owner and the permissions of the path and of its folders"
    case EROFS: "the file system is mounted read-only"
    case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
    case EIO: "the device reports an I/O error; check the disk before you go on"
    case ENAMETOOLONG: "give it, or the folders on the way there, shorter names"
    case ESTALE: "the network file system lost the file; check the mount"
    default: nil
    }
  }

  /// Whether there is nothing at the path, or only a link that leads nowhere.
  package var isNotFound: Bool { code == ENOENT || code == ENOTDIR || code == ELOOP }

  /// Whether there is a folder that cannot be looked into, at least not by its path.
  package var isClosedFolder: Bool { code == EACCES || code == ENAMETOOLONG }

  /// Whether the disk does not give back what it was given.
  package var isReadFailure: Bool { operation == .read && code == EIO }

  /// Whether there is no space left, be it for this user alone.
  package var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }

  private static func text(of code: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress else { return "error \(code)" }
      guard unsafe strerror_r(code, start, 256) == 0 else { return "error \(code)" }
      return unsafe String(cString: start)
    }
  }
}
