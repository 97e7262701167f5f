import CGit2

/// Merges texts line by line, as git does.
package enum GitTextMerge {
  /// Whose lines count where both sides changed the same ones.
  package enum Favor: Sendable {
    case ours, theirs
  }

  /// The merged text; `nil` where both sides changed the same lines and none is favored.
  package static func merge(
    ancestor: [UInt8], ours: [UInt8], theirs: [UInt8], favoring favor: Favor? = nil
  ) throws(GitError) -> [UInt8]? {
    if ours == theirs { return ours }
    try GitLibrary.start()
    var options = unsafe git_merge_file_options()
    try check(
      unsafe git_merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION)),
      "prepare a merge")
    unsafe options.favor =
      switch favor {
      case .ours: GIT_MERGE_FILE_FAVOR_OURS
      case .theirs: GIT_MERGE_FILE_FAVOR_THEIRS
      case nil: GIT_MERGE_FILE_FAVOR_NORMAL
      }
    var result = unsafe git_merge_file_result()
    let status = unsafe withInput(ancestor) { ancestor in
      unsafe withInput(ours) { ours in
        unsafe withInput(theirs) { theirs in
          unsafe git_merge_file(&result, ancestor, ours, theirs, &options)
        }
      }
    }
    try check(status, "merge two texts")
    defer { unsafe git_merge_file_result_free(&result) }
    guard unsafe result.automergeable != 0 else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: result.ptr, count: result.len))
  }

  @unsafe private static func withInput<Result>(
    _ text: [UInt8], _ body: (UnsafePointer<git_merge_file_input>) -> Result
  ) -> Result {
    unsafe text.withUnsafeBytes { buffer in
      var input = unsafe git_merge_file_input()
      unsafe input.version = UInt32(GIT_MERGE_FILE_INPUT_VERSION)
      unsafe input.ptr = unsafe buffer.bindMemory(to: CChar.self).baseAddress
      unsafe input.size = buffer.count
      return unsafe withUnsafePointer(to: input) { unsafe body($0) }
    }
  }
}
