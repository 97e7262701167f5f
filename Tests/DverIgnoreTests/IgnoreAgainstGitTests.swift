import DverCore
import DverIgnore
import TestSupport
import Testing

/// Random rules and paths: git, asked about the same patterns, gives the same rule for each path.
@Suite struct IgnoreAgainstGitTests {
  @Test(arguments: Seeds.standard)
  func everyDecisionIsThatOfGit(seed: UInt64) throws {
    let repository = try TemporaryRepository(.git)
    var tree = RandomTree(seed: seed)
    for folder in tree.folders { try repository.makeDirectory(folder) }
    for _ in 0..<40 {
      let files = tree.randomFiles()
      for (folder, text) in files {
        try repository.write(text, to: RepositoryPath(normalized: folder).appending(name).bytes)
      }
      let expected = try gitAnswers(about: tree.paths, in: repository)
      for (path, expected) in zip(tree.paths, expected) {
        let answer = answer(about: path, isDirectory: tree.folders.contains(path), files)
        guard answer != expected else { continue }
        let rules = files.map { "\(PathQuoting.quoted($0.0)): \(PathQuoting.quoted($0.1))" }
        Issue.record("seed \(seed), path \(path): \(answer), git: \(expected); \(rules)")
        return
      }
    }
  }

  private let name = Array(".gitignore".utf8)

  /// `FILE:LINE:PATTERN` for every path, or nothing where no pattern matches.
  private func gitAnswers(
    about paths: [[UInt8]], in repository: TemporaryRepository
  ) throws -> [String] {
    var command = Command(
      "git", ["check-ignore", "--no-index", "-v", "-n", "--stdin", "-z"],
      environment: repository.environment, directory: repository.path)
    command.standardInput = paths.flatMap { $0 + [0] }
    let output = try command.run().standardOutputBytes
    let fields = output.split(separator: 0, omittingEmptySubsequences: false)
    try #require(fields.count == paths.count * 4 + 1)
    return paths.indices.map { index in
      let answer = fields[index * 4..<index * 4 + 3]
      return answer.allSatisfy(\.isEmpty)
        ? "" : answer.map { PathQuoting.quoted($0) }.joined(separator: ":")
    }
  }

  private func answer(
    about path: [UInt8], isDirectory: Bool, _ files: [(folder: [UInt8], text: [UInt8])]
  ) -> String {
    let stack = IgnoreStack.around(RepositoryPath(normalized: path)) { folder in
      files.first { $0.folder == folder.bytes }.map {
        IgnoreRules(folder: folder, contents: $0.text, fileName: ".gitignore")
      }
    }
    let decision = stack.decision(forPath: path.span, isDirectory: isDirectory)
    guard let rule = decision.rule else { return "" }
    let file = PathQuoting.quoted(stack.file(of: rule).bytes)
    return "\(file):\(stack.line(of: rule)):\(PathQuoting.quoted(stack.pattern(of: rule)))"
  }
}

/// Folders and paths with names that patterns are likely to hit, and random rules for them.
private struct RandomTree {
  private var generator: SeededGenerator
  private(set) var folders: [[UInt8]] = []
  /// What to ask about: folders and what could lie in them.
  private(set) var paths: [[UInt8]] = []

  private static let names: [[UInt8]] =
    [
      "a", "b", "foo", "foo.c", "a b", "A7", "b-", "]", "a\\", "#x", "!y", "é", "x ", "[a]", "*",
      "_\t", "foobar", "ab.c",
    ].map { Array($0.utf8) } + [[0xff], [0x61, 0xfe]]

  private static let atoms: [[UInt8]] =
    [
      "a", "b", "foo", ".c", "c", " ", "é", "7", "A", "-", "]", "#", "!", "bar", "/", "/", "/", "*",
      "*", "*", "?", "**", "**/", "/**", "/**/", "***", "[a-c]", "[!a]", "[^b]", "[]a]",
      "[[:digit:]]",
      "[[:alpha:]_]", "[![:upper:]]", "[[:space:][:punct:]]", "[[:graph:]]", "[[:cntrl:]]",
      "[[:lower:]-b]", "[[:xdigit:]]", "[[:print:]]", "[[:blank:]]", "[[:alnum:]]", "[a\\]b]",
      "[[:a]", "[[:x:]]", "[", "[a", "\\", "\\*", "\\ ", "\\a", "\\\\", "\\[", "\r", "\t", "\\/",
      "[/]", "[--b]", "[+--]", "[a-", "[!]b]", "\u{0}",
    ].map { Array($0.utf8) } + [[0xff], [0xfe], [0x5b, 0xe0, 0x2d, 0xff, 0x5d]]

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    for _ in 0..<12 {
      var folder: [UInt8] = folders.randomElement(using: &generator) ?? []
      folder = Self.join(folder, name())
      if !folders.contains(folder) { folders.append(folder) }
    }
    paths = folders
    for _ in 0..<80 {
      let path = Self.join(folders.randomElement(using: &generator) ?? [], name())
      paths.append(path)
    }
    paths += Self.names
  }

  private mutating func name() -> [UInt8] { Self.names.randomElement(using: &generator) ?? [] }

  private static func join(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    RepositoryPath(normalized: folder).appending(name).bytes
  }

  /// The ignore files of the root and of every folder; most of the latter are empty.
  mutating func randomFiles() -> [(folder: [UInt8], text: [UInt8])] {
    ([[]] + folders).map { folder in
      let hasRules = folder.isEmpty || Int.random(in: 0..<3, using: &generator) == 0
      return (folder, hasRules ? randomFile() : [])
    }
  }

  private mutating func randomFile() -> [UInt8] {
    var text: [UInt8] = chance(of: 10) ? [0xef, 0xbb, 0xbf] : []
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      text += randomPattern()
      text += Array((chance(of: 6) ? "\r\n" : "\n").utf8)
    }
    if chance(of: 4) { text.removeLast() }
    return text
  }

  /// One in three names a path of the tree, changed a little; the others are atoms in any order.
  private mutating func randomPattern() -> [UInt8] {
    var pattern: [UInt8] = []
    if chance(of: 3) { pattern.append(UInt8(ascii: "!")) }
    if chance(of: 4) { pattern.append(UInt8(ascii: "/")) }
    if chance(of: 3), let path = paths.randomElement(using: &generator) {
      for component in path.split(separator: UInt8(ascii: "/")) {
        if pattern.last.map({ $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "!") }) ?? false {
          pattern.append(UInt8(ascii: "/"))
        }
        pattern += chance(of: 3) ? atom() : Array(component)
      }
    } else {
      for _ in 0..<Int.random(in: 1...5, using: &generator) { pattern += atom() }
    }
    if chance(of: 5) { pattern.append(UInt8(ascii: "/")) }
    if chance(of: 8) { pattern += Array("  ".utf8) }
    return pattern
  }

  private mutating func atom() -> [UInt8] { Self.atoms.randomElement(using: &generator) ?? [] }

  private mutating func chance(of count: Int) -> Bool {
    Int.random(in: 0..<count, using: &generator) == 0
  }
}
