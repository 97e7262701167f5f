import CGit2

/// What is known of libgit2 without starting it.
package enum GitLibraryVersion {
  /// The version that is loaded, such as `1.5.1`.
  package static var text: String {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    _ = unsafe git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
  }
}
