/// What a tree or index entry is, with git's numbers.
package struct GitFileMode: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let file = GitFileMode(rawValue: 0o100644)
  package static let executable = GitFileMode(rawValue: 0o100755)
  package static let symbolicLink = GitFileMode(rawValue: 0o120000)
  package static let submodule = GitFileMode(rawValue: 0o160000)
  package static let directory = GitFileMode(rawValue: 0o040000)

  /// Whether the entry is a regular file, executable or not, in any of the spellings that old
  /// versions of git wrote.
  package var isFile: Bool { rawValue & 0o170000 == 0o100000 }
}
