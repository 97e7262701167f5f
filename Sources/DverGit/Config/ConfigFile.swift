import CGit2
import Glibc

/// One file in git's configuration syntax, to be changed.
///
/// Changes keep comments and order and appear by rename under a `.lock` file, as git's do.
package struct ConfigFile: Hashable, Sendable {
  /// Absolute, or relative to the current directory.
  package let path: [UInt8]

  package init(_ path: [UInt8]) { self.path = path }

  /// The file's bytes; `nil` where there is none.
  func content() throws(GitError) -> [UInt8]? {
    do throws(GitError) {
      return try WorkFile.read(path, followingLinks: true).bytes
    } catch .system(_, _, ENOENT), .system(_, _, ENOTDIR) {
      return nil
    }
  }

  /// What the file says; nothing where there is none.
  package func read() throws(GitError) -> ConfigText {
    guard let content = try content() else { return .empty }
    return try ConfigText(content, file: path)
  }

  /// Sets an option to a single value; makes the file, but not its folder, where there is none.
  package func set(_ name: [UInt8], _ value: [UInt8]) throws(GitError) {
    let name = try ConfigName.normalized(name)
    guard !value.contains(0) else {
      throw .failed(action: "set \(text(name))", detail: "the value holds a NUL byte")
    }
    let count = try read().entries.count { $0.name == name }
    try withLibrary("set \(text(name))") { config in
      unsafe withCString(name) { name in
        unsafe withCString(value) { value in
          count > 1
            ? unsafe git_config_set_multivar(config.pointer, name, ".*", value)
            : unsafe git_config_set_string(config.pointer, name, value)
        }
      }
    }
  }

  package func set(_ name: String, _ value: String) throws(GitError) {
    try set(Array(name.utf8), Array(value.utf8))
  }

  /// Removes an option, all its values.
  ///
  /// - Returns: Whether it was there.
  package func unset(_ name: [UInt8]) throws(GitError) -> Bool {
    let name = try ConfigName.normalized(name)
    guard try read().entries.contains(where: { $0.name == name }) else { return false }
    try withLibrary("remove \(text(name))") { config in
      unsafe withCString(name) { unsafe git_config_delete_multivar(config.pointer, $0, ".*") }
    }
    return true
  }

  package func unset(_ name: String) throws(GitError) -> Bool { try unset(Array(name.utf8)) }

  private func withLibrary(
    _ action: String, _ body: (borrowing Handle) -> Int32
  ) throws(GitError) {
    try spellAsGit()
    try GitLibrary.start()
    var pointer: OpaquePointer?
    try check(
      unsafe withCString(path) { unsafe git_config_open_ondisk(&pointer, $0) },
      "open \(quoted(path))")
    let status = body(unsafe Handle(adopting: pointer, free: git_config_free))
    if status == GIT_ELOCKED.rawValue { throw .locked(path: path + Array(".lock".utf8)) }
    try check(status, "\(action) in \(quoted(path))")
  }

  private func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
