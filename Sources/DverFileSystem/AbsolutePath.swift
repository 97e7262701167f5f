package import DverCore
import Glibc

/// A path from the root of the file system, in bytes, without a trailing slash.
package struct AbsolutePath: Hashable, Comparable, Sendable {
  /// The path; `/` for the root of the file system.
  package let bytes: [UInt8]

  /// Takes bytes that begin with `/` and are in normal form.
  package init(normalized bytes: [UInt8]) {
    precondition(bytes.first == RepositoryPath.slash, "an absolute path begins with a slash")
    self.bytes = bytes
  }

  /// Reads `text` as a shell would give it, relative to `base`; `.` and `..` are resolved by name,
  /// without looking at links.
  package init(_ text: some Collection<UInt8>, relativeTo base: AbsolutePath) {
    var components: [ArraySlice<UInt8>] = []
    if text.first != RepositoryPath.slash {
      components = base.bytes.split(separator: RepositoryPath.slash)
    }
    for component in Array(text).split(separator: RepositoryPath.slash) {
      switch component {
      case [UInt8(ascii: ".")]: break
      case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = components.popLast()
      default: components.append(component)
      }
    }
    var bytes: [UInt8] = []
    for component in components {
      bytes.append(RepositoryPath.slash)
      bytes.append(contentsOf: component)
    }
    self.init(normalized: bytes.isEmpty ? [RepositoryPath.slash] : bytes)
  }

  package init(_ text: String, relativeTo base: AbsolutePath) {
    self.init(Array(text.utf8), relativeTo: base)
  }

  /// The process' working directory.
  package static func current() throws -> AbsolutePath {
    guard let buffer = unsafe getcwd(nil, 0) else {
      throw FileSystemError(.find, "the current directory")
    }
    defer { unsafe free(buffer) }
    let bytes = unsafe UnsafeBufferPointer(start: buffer, count: strlen(buffer)).map {
      UInt8(bitPattern: $0)
    }
    // The kernel writes "(unreachable)" before a folder that lies outside of the process' root.
    guard bytes.first == RepositoryPath.slash else {
      throw FileSystemError(.find, "the current directory", code: ENOENT)
    }
    return AbsolutePath(normalized: bytes)
  }

  package var lastComponent: ArraySlice<UInt8> {
    bytes[((bytes.lastIndex(of: RepositoryPath.slash) ?? -1) + 1)...]
  }

  /// The folder around the path; the root's parent is the root.
  package var parent: AbsolutePath {
    let end = bytes.lastIndex(of: RepositoryPath.slash) ?? 0
    return AbsolutePath(normalized: end == 0 ? [RepositoryPath.slash] : Array(bytes[..<end]))
  }

  package func appending(_ component: some Collection<UInt8>) -> AbsolutePath {
    appending(Array(component)[...])
  }

  package func appending(_ component: [UInt8]) -> AbsolutePath { appending(component[...]) }

  package func appending(_ component: ArraySlice<UInt8>) -> AbsolutePath {
    guard !component.isEmpty else { return self }
    var joined: [UInt8] = []
    joined.reserveCapacity(bytes.count + 1 + component.count)
    joined.append(contentsOf: bytes)
    if joined.count > 1 { joined.append(RepositoryPath.slash) }
    joined.append(contentsOf: component)
    return AbsolutePath(normalized: joined)
  }

  package func appending(_ text: String) -> AbsolutePath { appending(text.utf8) }
  package func appending(_ path: RepositoryPath) -> AbsolutePath { appending(path.bytes) }

  /// The path counted from `folder`; `nil` where it does not lie inside.
  package func relative(to folder: AbsolutePath) -> RepositoryPath? {
    if self == folder { return .root }
    let prefix = folder.bytes.count == 1 ? 1 : folder.bytes.count + 1
    guard bytes.count > prefix, bytes.starts(with: folder.bytes),
      bytes[prefix - 1] == RepositoryPath.slash
    else { return nil }
    return RepositoryPath(normalized: Array(bytes[prefix...]))
  }

  /// The path with every link resolved; the path must exist.
  package func resolvingLinks() throws -> AbsolutePath {
    let resolved = unsafe withCString { unsafe realpath($0, nil) }
    guard let resolved = unsafe resolved else { throw FileSystemError(.find, self) }
    defer { unsafe free(resolved) }
    let count = unsafe strlen(resolved)
    let bytes = unsafe UnsafeBufferPointer(start: resolved, count: count)
    return unsafe AbsolutePath(normalized: bytes.map { UInt8(bitPattern: $0) })
  }

  /// The path with a NUL behind it, for the time of a call.
  package func withCString<Result, Failure: Error>(
    _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe bytes.withNullTerminated(body)
  }

  package static func < (left: AbsolutePath, right: AbsolutePath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension AbsolutePath: CustomStringConvertible {
  /// The path as a message shows it.
  package var description: String { PathQuoting.quoted(bytes) }
}

extension Array where Element == UInt8 {
  /// The bytes with a NUL behind them, for the time of a call.
  package func withNullTerminated<Result, Failure: Error>(
    _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) {
      (buffer) throws(Failure) -> Result in
      for index in indices { unsafe buffer[index] = CChar(bitPattern: self[index]) }
      unsafe buffer[count] = 0
      guard let start = buffer.baseAddress else { preconditionFailure("not empty") }
      return try unsafe body(UnsafePointer(start))
    }
  }
}
