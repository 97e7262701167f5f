import DverCore
import Glibc
import TestSupport
import Testing

@testable import DverFileSystem

/// Compares the walk along what is known with the whole walk, its obvious model.
@Suite struct KnownDirectoryWalkTests {
  private let directory: TemporaryDirectory
  private var root: AbsolutePath { AbsolutePath(normalized: Array(directory.path.utf8)) }

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ text: String, to path: AbsolutePath) throws {
    let file = try OpenFile(path, .createIfMissing(permissions: 0o666))
    try file.write(Array(text.utf8))
  }

  /// What a walk finds, as lines that can be compared.
  private func lines(_ table: FileTable) -> [String] {
    (0..<table.count).map { index in
      let stamp = table.kinds[index] == .emptyDirectory ? 0 : table.stamps[index].inode
      return "\(table.kinds[index]) \(PathQuoting.quoted(table.paths[index])) \(stamp)"
    }
  }

  private func known(_ table: FileTable) throws -> EntryTable {
    var entries = EntryTable()
    for index in 0..<table.count {
      let path = table.paths[index]
      let kind: EntryKind =
        switch table.kinds[index] {
        case .executable: .executable
        case .link: .link
        case .emptyDirectory: .emptyDirectory
        case .file, .special: .file
        }
      entries.append(
        path: path, kind: kind, digest: Digest.zero, size: 0,
        target: kind == .link ? try FileSystem.destination(ofLink: root.appending(path)) : nil)
    }
    return entries
  }

  /// What was known, changed by what the walk says.
  private func apply(_ changes: DirectoryChanges, to table: FileTable) -> FileTable {
    var result = FileTable()
    let removed = Set(changes.removed)
    for index in 0..<table.count where !removed.contains(index) {
      var (kind, stamp) = (table.kinds[index], table.stamps[index])
      if let modification = changes.modified.first(where: { $0.entry == index }) {
        kind = modification.isExecutable ? .executable : .file
        stamp = modification.stamp
      }
      result.append(path: table.paths[index], kind: kind, stamp: stamp)
    }
    result.append(contentsOf: changes.added)
    result.sort()
    return result
  }

  private func name(_ generator: inout SeededGenerator) -> String {
    ["a", "a!", "a0", "ab", "b", "b.c", "\u{e9}", "z"].randomElement(using: &generator) ?? "a"
  }

  private func path(_ generator: inout SeededGenerator) -> AbsolutePath {
    let depth = Int.random(in: 1...3, using: &generator)
    return (0..<depth).reduce(root) { path, _ in path.appending(name(&generator)) }
  }

  /// One change of the tree; what cannot be done is left.
  private func change(_ generator: inout SeededGenerator) {
    let path = path(&generator)
    func cPath(_ path: AbsolutePath) -> [CChar] {
      path.bytes.map { CChar(bitPattern: $0) } + [0]
    }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0, 1:
      _ = try? FileSystem.makeDirectories(path.parent)
      _ = try? write("\(generator.next())", to: path)
    case 2: _ = try? FileSystem.makeDirectories(path)
    case 3: _ = try? FileSystem.removeTree(path)
    case 4: _ = unsafe chmod(cPath(path), 0o755)
    default: _ = unsafe rename(cPath(path), cPath(self.path(&generator)))
    }
  }

  @Test(arguments: 0..<40) func findsWhatTheWholeWalkFinds(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<30 { change(&generator) }
    for step in 0..<12 {
      let before = try DirectoryWalk(root).run()
      for _ in 0..<Int.random(in: 0...4, using: &generator) { change(&generator) }
      let threads = 1 + step % 3
      let changes = try #require(
        try KnownDirectoryWalk(
          root, known: try known(before), stamps: before.stamps, threads: threads
        ).run())
      let after = try DirectoryWalk(root).run()
      #expect(lines(apply(changes, to: before)) == lines(after), "seed \(seed), step \(step)")
    }
  }

  @Test func whatIsIgnoredDoesNotCount() throws {
    for name in ["a/keep", "a/skip.tmp", "b/skip.tmp"] {
      try FileSystem.makeDirectories(root.appending(name).parent)
      try write("1", to: root.appending("\(name)"))
    }
    let filter: DirectoryWalk.Filter = { path, isDirectory in
      !isDirectory && path.count > 4 && path[path.count - 1] == UInt8(ascii: "p")
        && path[path.count - 4] == UInt8(ascii: ".")
    }
    let before = try DirectoryWalk(root, excluding: filter).run()
    #expect(lines(before).count == 2)
    let walk = KnownDirectoryWalk(
      root, known: try known(before), stamps: before.stamps, excluding: filter)
    try write("1", to: root.appending("a/more.tmp"))
    let same = try #require(try walk.run())
    #expect(same.keepsEntries && same.modified.isEmpty)
    try write("1", to: root.appending("b/new"))
    try FileSystem.makeDirectories(root.appending("c/d"))
    try write("1", to: root.appending("c/d/x.tmp"))
    let changes = try #require(try walk.run())
    #expect(changes.removed == [1])
    #expect(lines(changes.added).map { $0.split(separator: " ")[1] } == ["b/new", "c/d"])
  }

  /// What was tracked under other rules: as many names as before, but not the same ones.
  @Test func whatIsIgnoredFromNowOnIsGoneAndHidesNothing() throws {
    for name in ["a", "b.tmp"] { try write("1", to: root.appending(name)) }
    let before = try DirectoryWalk(root).run()
    try write("1", to: root.appending("c"))
    let walk = KnownDirectoryWalk(
      root, known: try known(before), stamps: before.stamps,
      excluding: { path, _ in path[path.count - 1] == UInt8(ascii: "p") })
    let changes = try #require(try walk.run())
    #expect(changes.removed == [1])
    #expect(lines(changes.added).map { $0.split(separator: " ")[1] } == ["c"])
  }

  @Test(arguments: 0..<20) func findsWhatTheWholeWalkFindsUnderChangingRules(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(1_000 + seed))
    for _ in 0..<30 { change(&generator) }
    var before = try DirectoryWalk(root).run()
    for step in 0..<12 {
      for _ in 0..<Int.random(in: 0...3, using: &generator) { change(&generator) }
      let letter = UInt8(ascii: "a") + UInt8.random(in: 0...3, using: &generator)
      let filter: DirectoryWalk.Filter = { path, _ in path[path.count - 1] == letter }
      let changes = try #require(
        try KnownDirectoryWalk(
          root, known: try known(before), stamps: before.stamps, excluding: filter
        ).run())
      let after = try DirectoryWalk(root, excluding: filter).run()
      #expect(lines(apply(changes, to: before)) == lines(after), "seed \(seed), step \(step)")
      before = after
    }
  }

  @Test func reservedNamesArePassedOver() throws {
    try write("1", to: root.appending("a"))
    let before = try DirectoryWalk(root).run()
    try FileSystem.makeDirectories(root.appending(".git/x"))
    let walk = KnownDirectoryWalk(root, known: try known(before), stamps: before.stamps)
    let changes = try #require(try walk.run())
    #expect(changes.keepsEntries && changes.skipped == [Array(".git".utf8)])
  }

  @Test func linksAreLeftToTheWholeWalkUnlessTheyAreKnown() throws {
    try write("1", to: root.appending("a"))
    #expect(unsafe symlink("a", "\(directory.path)/link") == 0)
    let before = try DirectoryWalk(root).run()
    let walk = KnownDirectoryWalk(root, known: try known(before), stamps: before.stamps)
    #expect(try walk.run()?.keepsEntries == true)
    #expect(unsafe symlink("a", "\(directory.path)/other") == 0)
    #expect(try walk.run() == nil)
    try FileSystem.removeFile(root.appending("other"))
    #expect(try walk.run()?.keepsEntries == true)
    try FileSystem.removeFile(root.appending("link"))
    #expect(unsafe symlink("b", "\(directory.path)/link") == 0)
    #expect(try walk.run() == nil)
  }

  @Test func muchThatIsNewIsLeftToTheWholeWalk() throws {
    let walk = KnownDirectoryWalk(root, known: EntryTable(), stamps: [])
    for index in 0..<1_200 { try write("", to: root.appending("\(index)")) }
    #expect(try walk.run() == nil)
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let missing = root.appending("missing")
    let error = #expect(throws: FileSystemError.self) {
      _ = try KnownDirectoryWalk(missing, known: EntryTable(), stamps: []).run()
    }
    #expect(error?.message.contains(missing.description) == true)
  }
}
