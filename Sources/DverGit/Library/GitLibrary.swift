import CGit2

/// libgit2 as a whole: started once, when git is first used.
///
/// Loading it costs a few milliseconds, so nothing may touch it before a command needs git.
enum GitLibrary {
  private static let startStatus: Int32 = {
    let status = git_libgit2_init()
    guard status >= 0 else { return status }
    // Repositories that declare these are read correctly without further ado; libgit2 1.5 refuses
    // what it has not heard of.
    let names: [StaticString] = [
      "worktreeconfig", "partialclone", "preciousobjects", "relativeworktrees",
    ]
    var pointers = unsafe names.map { name in
      unsafe Optional(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
    }
    return unsafe dver_git_set_extensions(&pointers, names.count)
  }()

  /// Starts libgit2 on the first call.
  static func start() throws(GitError) {
    try check(startStatus, "start libgit2")
  }
}

/// Throws where libgit2's `status` is an error; `action` completes "cannot …".
func check(_ status: Int32, _ action: @autoclosure () -> String) throws(GitError) {
  guard status < 0 else { return }
  throw .failed(action: action(), detail: lastMessage())
}

/// What libgit2 last complained about on this thread.
func lastMessage() -> String {
  guard let error = unsafe git_error_last(), let text = unsafe error.pointee.message else {
    return "no reason given"
  }
  return unsafe String(cString: text)
}

/// The part of libgit2 that last complained on this thread.
func lastErrorClass() -> git_error_t {
  guard let error = unsafe git_error_last() else { return GIT_ERROR_NONE }
  return unsafe git_error_t(UInt32(bitPattern: error.pointee.klass))
}
