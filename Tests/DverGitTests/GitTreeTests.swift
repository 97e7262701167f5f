import DverCore
import DverGit
import TestSupport
import Testing

struct GitTreeTests {
  @Test func filesAreListedInTheOrderOfTheirBytes() throws {
    let runner = try GitRunner()
    let names = ["a", "a-b", "a.x/y", "b/c/d.dver", "b/c.dver", "b0", "z"]
    let folder = try runner.repository(holding: names.map { ($0, $0) })
    let repository = try open(folder)
    let tree = try repository.resolve("HEAD").tree
    let all = try repository.files(in: tree)
    #expect(all.paths.names == names.sorted { bytes($0).lexicographicallyPrecedes(bytes($1)) })
    for (index, id) in all.ids.enumerated() {
      #expect(try repository.blob(id) == Array(all.paths[index]))
      #expect(all.modes[index] == .file)
    }
    let some = try repository.files(
      in: tree, below: bytes("b"), descend: { !$0.elementsEqual("b/c".utf8) },
      where: { text($0).hasSuffix(".dver") })
    #expect(some.paths.names == ["b/c.dver"])
    #expect(try repository.files(in: tree, below: bytes("none")).count == 0)
    #expect(try repository.blob(at: bytes("b/c/d.dver"), in: tree) == bytes("b/c/d.dver"))
    #expect(try repository.blob(at: bytes("b/c"), in: tree) == nil)
    #expect(try repository.blob(at: bytes("a/x"), in: tree) == nil)
    #expect(try repository.blobs(all.ids, threads: 3) == names.indices.map { Array(all.paths[$0]) })
  }

  @Test func oddNamesAreBytes() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    let names: [[UInt8]] = [bytes("a\nb"), [0xff, 0xfe], bytes("q\"\\\t"), bytes("é")]
    for name in names { try runner.write(name, to: bytes("d/") + name, in: folder) }
    let repository = try open(folder)
    let files = names.map { GitStagedFile(path: bytes("d/") + $0) }
    #expect(try repository.stage(files) == .staged(changeCount: 4))
    try runner.git("commit", "-q", "-m", "odd", in: folder)
    #expect(try runner.git("status", "--porcelain", in: folder) == "")
    let tree = try repository.resolve("HEAD").tree
    for name in names {
      #expect(try repository.blob(at: bytes("d/") + name, in: tree) == name)
      #expect(try repository.isTracked(bytes("d/") + name))
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func differencesAreThoseOfGit(seed: UInt64) throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    var random = TestGenerator(seed: seed)
    // Short names with characters around the slash make files and folders of one name meet.
    let parts = ["a", "a-", "a.b", "a0", "b"]
    func commit(_ message: String) throws {
      try runner.git(["rm", "-rqf", "--ignore-unmatch", "."], in: folder)
      for _ in 0..<random.next(below: 14) + 1 {
        let depth = random.next(below: 3) + 1
        let path = (0..<depth).map { _ in parts[random.next(below: parts.count)] }
        let content = "\(random.next(below: 3))"
        // A file may stand where a folder is wanted; such a path is left out.
        try? runner.write(content, to: path.joined(separator: "/"), in: folder)
      }
      try runner.commit(message, in: folder)
    }
    try commit("one")
    try commit("two")
    let repository = try open(folder)
    let (old, new) = (try repository.resolve("HEAD~1").tree, try repository.resolve("HEAD").tree)
    let table = try repository.differingFiles(old, new)
    let expected = try runner.git(
      "diff-tree", "-r", "--no-renames", "--name-only", "HEAD~1", "HEAD", in: folder
    ).split(separator: "\n").map(String.init)
    #expect(table.paths.names == expected)
    for index in 0..<table.count {
      let path = Array(table.paths[index])
      #expect(try repository.blob(at: path, in: old) == table.oldIDs[index].map(repository.blob))
      #expect(try repository.blob(at: path, in: new) == table.newIDs[index].map(repository.blob))
    }
    #expect(
      try repository.differingFiles(nil, new).paths.names == repository.files(in: new).paths.names)
  }
}

/// A small generator whose numbers follow from the seed (splitmix64).
struct TestGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return Int((value ^ value >> 31) % UInt64(bound))
  }
}
