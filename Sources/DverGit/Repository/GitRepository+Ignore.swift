import CGit2
import Synchronization

/// What git would do to a file's bytes on the way into or out of the index.
package struct GitConversion: OptionSet, Hashable, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// `text`, `eol`, `crlf`, or `core.autocrlf` where no attribute decides.
  package static let lineEnds = GitConversion(rawValue: 1)
  package static let filter = GitConversion(rawValue: 2)
  package static let ident = GitConversion(rawValue: 4)
  package static let encoding = GitConversion(rawValue: 8)
}

extension GitRepository {
  /// Whether git's ignore rules cover `path`, whether or not it exists or is tracked.
  package func isIgnored(_ path: [UInt8], isDirectory: Bool) throws(GitError) -> Bool {
    try main.handle.withLock { (handle) throws(GitError) in
      var answer: Int32 = 0
      // A slash at the end saves libgit2 from asking the file system.
      let name = isDirectory ? withTrailingSlash(path) : path
      let status = unsafe withCString(name) {
        unsafe git_ignore_path_is_ignored(&answer, handle.repository.pointer, $0)
      }
      try check(status, "ask git whether it ignores \(quoted(path))")
      return answer != 0
    }
  }

  /// How git would convert the file at `path`, by attributes and configuration.
  package func conversion(of path: [UInt8]) throws(GitError) -> GitConversion {
    try main.handle.withLock { (handle) throws(GitError) in
      var conversion: GitConversion = []
      switch try handle.attribute("text", of: path) {
      case .unset: break
      case .set, .value: conversion.insert(.lineEnds)
      case .unspecified:
        switch (try handle.attribute("eol", of: path), try handle.attribute("crlf", of: path)) {
        case (.value, _), (_, .set), (_, .value): conversion.insert(.lineEnds)
        case (_, .unset): break
        default:
          let automatic = try handle.configuration("core.autocrlf")?.lowercased()
          if let automatic, !["false", "no", "off", "0", ""].contains(automatic) {
            conversion.insert(.lineEnds)
          }
        }
      }
      if case .value = try handle.attribute("filter", of: path) { conversion.insert(.filter) }
      if case .set = try handle.attribute("ident", of: path) { conversion.insert(.ident) }
      if case .value = try handle.attribute("working-tree-encoding", of: path) {
        conversion.insert(.encoding)
      }
      return conversion
    }
  }
}

/// The state of an attribute of a path.
enum GitAttribute {
  case unspecified, set, unset, value
}

extension RepositoryHandle {
  borrowing func attribute(_ name: String, of path: [UInt8]) throws(GitError) -> GitAttribute {
    try replaceUnreadableIndex()
    var value: UnsafePointer<CChar>?
    let status = unsafe withCString(path) {
      unsafe git_attr_get(
        &value, repository.pointer, UInt32(GIT_ATTR_CHECK_FILE_THEN_INDEX), $0, name)
    }
    try check(status, "read git attributes of \(quoted(path))")
    switch unsafe git_attr_value(value) {
    case GIT_ATTR_VALUE_TRUE: return .set
    case GIT_ATTR_VALUE_FALSE: return .unset
    case GIT_ATTR_VALUE_STRING: return .value
    default: return .unspecified
    }
  }

  /// A value of git's own configuration, all levels.
  borrowing func configuration(_ name: String) throws(GitError) -> String? {
    var pointer: OpaquePointer?
    try check(
      unsafe git_repository_config_snapshot(&pointer, repository.pointer),
      "read git's configuration")
    let config = unsafe Handle(adopting: pointer, free: git_config_free)
    var value: UnsafePointer<CChar>?
    let status = unsafe git_config_get_string(&value, config.pointer, name)
    if status == GIT_ENOTFOUND.rawValue { return nil }
    try check(status, "read \(name) of git's configuration")
    guard let value = unsafe value else { return nil }
    return unsafe String(cString: value)
  }
}
