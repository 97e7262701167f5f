package import DverCore

/// The patterns of one ignore file, with gitignore's syntax and meaning.
///
/// Every file can be read: what git would take for a pattern that matches nothing is one here.
package struct IgnoreRules: Sendable {
  /// The name of an ignore file.
  package static let fileName = ".dverignore"

  /// The ignore file, for messages.
  package let file: RepositoryPath
  /// The folder that the patterns count from.
  package let folder: RepositoryPath
  private let contents: [UInt8]
  private let rules: [IgnoreRule]

  /// Reads the ignore file of `folder`.
  package init(folder: RepositoryPath, contents: [UInt8], fileName: String = Self.fileName) {
    self.folder = folder
    file = folder.appending(Array(fileName.utf8))
    self.contents = contents
    rules = IgnoreFileReader.rules(of: contents)
  }

  /// The count of patterns.
  package var count: Int { rules.count }
  package var isEmpty: Bool { rules.isEmpty }

  /// The line of pattern `index`, counted from 1.
  package func line(_ index: Int) -> Int { rules[index].line }

  /// Pattern `index` as written, without blanks and carriage return at the end.
  package func pattern(_ index: Int) -> ArraySlice<UInt8> { contents[rules[index].text] }

  package func isNegated(_ index: Int) -> Bool { rules[index].isNegated }

  /// The last pattern before `end` that matches; `nil` where none does.
  ///
  /// - Parameters:
  ///   - path: A path below `folder`, counted from the workspace's root.
  ///   - name: Where its last component begins.
  ///   - end: The pattern to stop at; all are tried without it.
  func lastMatch(
    _ path: Span<UInt8>, name: Int, isDirectory: Bool, before end: Int? = nil
  ) -> Int? {
    let skipped = folder.isRoot ? 0 : folder.bytes.count + 1
    guard name >= skipped else { return nil }
    let below = path.extracting(droppingFirst: skipped)
    var index = end ?? rules.count
    while index > 0 {
      index -= 1
      let isMatch = rules[index].matches(
        below, name: name - skipped, isDirectory: isDirectory, contents: contents.span)
      if isMatch { return index }
    }
    return nil
  }
}
