import DverCore
import DverFileSystem
import DverGit

/// Sides that the user took for parts of files that are still in conflict, so that one call can
/// decide for one side and the next one for the other.
///
/// A text file in `.dver/state`, fields set apart by tabs: side, the names in git of our and their
/// version, the file, the part. A line counts as long as these are the versions in conflict.
struct ResolveDecisions: Sendable {
  struct Item: Hashable, Sendable {
    let file: RepositoryPath
    /// The data's path or the stage's name.
    let part: [UInt8]
    let versions: String
  }

  private let path: AbsolutePath
  private var sides: [Item: ResolveSide] = [:]

  init(_ path: AbsolutePath) throws {
    self.path = path
    let tab = UInt8(ascii: "\t")
    for line in try FileSystem.contents(of: path)?.split(separator: UInt8(ascii: "\n")) ?? [] {
      let fields = line.split(separator: tab, omittingEmptySubsequences: false)
      guard fields.count == 4, let side = ResolveSide(rawValue: Self.text(fields[0])),
        let file = PathQuoting.unquote(Array(fields[2]).span),
        let part = PathQuoting.unquote(Array(fields[3]).span)
      else { continue }
      let item = Item(
        file: RepositoryPath(normalized: file), part: part, versions: Self.text(fields[1]))
      sides[item] = side
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  subscript(item: Item) -> ResolveSide? {
    get { sides[item] }
    set { sides[item] = newValue }
  }

  /// Writes down what is decided in the files that are still in conflict.
  func save(keeping files: Set<RepositoryPath>) throws {
    let lines = sides.filter { files.contains($0.key.file) }.map { item, side in
      let (file, part) = (PathQuoting.quoted(item.file.bytes), PathQuoting.quoted(item.part))
      return "\(side.rawValue)\t\(item.versions)\t\(file)\t\(part)\n"
    }
    guard !lines.isEmpty else {
      try FileSystem.removeFile(path)
      return
    }
    try FileSystem.makeDirectories(path.parent)
    try FileSystem.replaceContents(of: path, with: Array(lines.sorted().joined().utf8))
  }
}

extension GitConflict {
  /// What tells this conflict of a path from another one.
  var versions: String {
    [ours, theirs].map { $0.map { "\($0.id)" } ?? "-" }.joined(separator: " ")
  }
}
