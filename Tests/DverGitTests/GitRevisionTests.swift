import DverCore
import DverGit
import TestSupport
import Testing

struct GitRevisionTests {
  @Test func revisionsResolveAsGitDoes() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.write("2", to: "a", in: folder)
    try runner.commit("second", in: folder)
    try runner.git("tag", "-a", "v1", "-m", "one", "HEAD~1", in: folder)
    try runner.git("tag", "light", in: folder)
    let repository = try open(folder)
    for revision in [
      "HEAD", "HEAD~1", "main", "v1", "v1^{commit}", "light^", "main@{0}", ":/second", "HEAD^0",
    ] {
      let resolved = try repository.resolve(revision)
      let expected = try runner.git("log", "-1", "--format=%H %T", revision, in: folder)
      #expect("\(resolved.commit) \(resolved.tree)\n" == expected, "\(revision)")
      #expect(resolved.time == 1_700_000_000)
    }
    let short = String(try repository.resolve("HEAD").commit.hex.prefix(7))
    #expect(try repository.resolve(short) == repository.resolve("main"))
  }

  @Test func wrongRevisionsAreTold() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    let repository = try open(folder)
    for revision in ["nope", "HEAD~7", "0123456789012345678901234567890123456789", "", "a b"] {
      #expect(throws: GitError.unknownRevision(revision)) { try repository.resolve(revision) }
    }
    #expect(throws: GitError.notACommit("HEAD:a")) { try repository.resolve("HEAD:a") }
    #expect(throws: GitError.notACommit("HEAD^{tree}")) { try repository.resolve("HEAD^{tree}") }
    #expect(try repository.resolveIfPresent("MERGE_HEAD") == nil)
  }

  @Test func referencesAndHistoryAreListed() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.git("branch", "old", in: folder)
    try runner.git("tag", "-a", "v1", "-m", "one", in: folder)
    try runner.git("tag", "blob", "HEAD:a", in: folder)
    try runner.git("commit", "-q", "--allow-empty", "-m", "second", in: folder)
    try runner.git("update-ref", "refs/exps/x", "HEAD", in: folder)
    try runner.git("reset", "-q", "--hard", "HEAD~1", in: folder)
    try runner.git("commit", "-q", "--allow-empty", "-m", "other", in: folder)
    let repository = try open(folder)
    #expect(try repository.branches().map(\.name) == ["main", "old"])
    #expect(try repository.tags().map(\.name) == ["v1"])
    #expect(try repository.tags().first?.revision == repository.resolve("v1"))
    let listed = try runner.git("rev-list", "--all", in: folder).split(separator: "\n")
    #expect(
      try repository.allCommits().map(\.commit.hex).sorted() == listed.map(String.init).sorted())
    let main = try repository.resolve("main").commit
    #expect(try repository.firstParents(from: main, count: 9).count == 2)
    #expect(try repository.firstParents(from: main, count: 1).map(\.commit) == [main])
    let base = try repository.mergeBase(main, repository.resolve("refs/exps/x").commit)
    #expect(try base == repository.resolve("old").commit)
  }

  @Test func shallowCloneNamesGitFetch() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.git("commit", "-q", "--allow-empty", "-m", "second", in: folder)
    let shallow = "\(runner.root)/shallow"
    try runner.git(
      "clone", "-q", "--depth", "1", "file://\(folder)", shallow, in: runner.root)
    let repository = try open(shallow)
    #expect(repository.isShallowOrPartial())
    #expect(try repository.allCommits().count == 1)
    let error = #expect(throws: GitError.self) { try repository.resolve("HEAD~1") }
    #expect(error == .absentRevision("HEAD~1"))
    #expect(error?.hint?.contains("git fetch") == true)
    #expect(throws: GitError.unknownRevision("nope")) { try repository.resolve("nope") }
  }

  @Test func partialCloneNamesGitFetch() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1"), ("b", "2")])
    try runner.git("config", "uploadpack.allowFilter", "true", in: folder)
    let partial = "\(runner.root)/partial"
    try runner.git(
      "clone", "-q", "--filter=blob:none", "--no-checkout", "file://\(folder)", partial,
      in: runner.root)
    let repository = try open(partial)
    #expect(repository.isShallowOrPartial())
    let tree = try repository.resolve("HEAD").tree
    #expect(try repository.files(in: tree).paths.names == ["a", "b"])
    let error = #expect(throws: GitError.self) { try repository.headBlob(at: bytes("a")) }
    #expect(error?.exitStatus == .damaged)
    #expect(error?.hint?.contains("git fetch") == true)
  }
}
