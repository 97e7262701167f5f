/// A file in git's configuration syntax, read without libgit2.
///
/// Sections, subsections, quotes, escapes, comments and continued lines are read as git does;
/// `include` has no meaning here. Entries stand in the order of the file.
package struct ConfigText: Sendable {
  package private(set) var entries: [Entry] = []
  package private(set) var sections: [Section] = []
  /// Where underscores stand in names of options, which only dver allows there.
  private(set) var underscores: [Int] = []

  /// One line `name = value`.
  package struct Entry: Hashable, Sendable {
    /// `section.option` or `section.subsection.option`; section and option in lower case.
    package let name: [UInt8]
    /// `nil` where the line has no `=`, which means true.
    package let value: [UInt8]?
    /// Counted from 1.
    package let line: Int
  }

  /// One `[section "subsection"]` and the lines up to the next.
  package struct Section: Hashable, Sendable {
    /// `section` or `section.subsection`; the section in lower case.
    package let name: [UInt8]
    /// Where the header stands in the file.
    package let header: Range<Int>
    /// Where header and entries stand in the file.
    package internal(set) var body: Range<Int>
  }

  package static let empty = ConfigText()

  private init() {}

  /// Reads `bytes`, the content of `file`, which errors name.
  package init(_ bytes: [UInt8], file: [UInt8]) throws(GitError) {
    var parser = ConfigParser(bytes, file: file)
    try parser.parse(into: &self)
  }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  mutating func append(underscore position: Int) { underscores.append(position) }

  mutating func append(_ section: Section) { sections.append(section) }

  mutating func endLastSection(at position: Int) {
    guard let last = sections.indices.last else { return }
    sections[last].body = sections[last].header.lowerBound..<position
  }
}
