import DverCore
import DverGit
import Glibc
import TestSupport
import Testing

struct GitRepositoryTests {
  @Test func folderWithoutRepositoryOpensNone() throws {
    let runner = try GitRunner()
    #expect(try GitRepository.open(at: bytes(runner.root)) == nil)
  }

  @Test func unbornBranchIsFoundFromASubdirectory() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    try runner.write("1", to: "a/b/c", in: folder)
    let repository = try open("\(folder)/a/b")
    #expect(repository.workTree == bytes(folder))
    #expect(repository.gitDirectory == bytes("\(folder)/.git"))
    #expect(repository.commonDirectory == repository.gitDirectory)
    #expect(!repository.isBare && !repository.isLinkedWorkTree)
    #expect(try repository.head() == .unborn(branch: "main"))
    #expect(try repository.headBlob(at: bytes("a/b/c")) == nil)
    #expect(try repository.branches().isEmpty)
    #expect(try repository.allCommits().isEmpty)
    #expect(throws: GitError.unknownRevision("HEAD")) { try repository.resolve("HEAD") }
  }

  @Test func headIsABranchOrDetached() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    let commit = try #require(try runner.id("HEAD", in: folder))
    let repository = try open(folder)
    #expect(try repository.head() == .branch("main", commit: commit))
    try runner.git("switch", "-q", "-c", "topic/x", in: folder)
    #expect(try repository.head() == .branch("topic/x", commit: commit))
    try runner.git("switch", "-q", "--detach", in: folder)
    #expect(try repository.head() == .detached(commit: commit))
  }

  @Test func bareRepositoryReadsButDoesNotStage() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.git("clone", "-q", "--bare", folder, "\(runner.root)/bare", in: runner.root)
    let repository = try open("\(runner.root)/bare")
    #expect(repository.isBare)
    #expect(try repository.headBlob(at: bytes("a")) == bytes("1"))
    #expect(try !repository.isTracked(bytes("a")))
    #expect(throws: GitError.noWorkTree(directory: repository.gitDirectory)) {
      try repository.stage([GitStagedFile(path: bytes("a"))])
    }
  }

  @Test func linkedWorkTreeSharesTheCommonDirectory() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    let linked = "\(runner.root)/linked"
    try runner.git("worktree", "add", "-q", "-b", "side", linked, in: folder)
    try runner.write("2", to: "a", in: linked)
    let repository = try open(linked)
    #expect(repository.isLinkedWorkTree)
    #expect(repository.commonDirectory == bytes("\(folder)/.git"))
    #expect(repository.gitDirectory == bytes("\(folder)/.git/worktrees/linked"))
    #expect(try repository.head().branch == "side")
    #expect(try repository.mainWorkTree() == bytes(folder))
    #expect(try repository.workTrees() == [bytes(folder), bytes(linked)])
    #expect(
      try repository.stage([GitStagedFile(path: bytes("a"))]) == .staged(changeCount: 1))
    #expect(try runner.git("status", "--porcelain", in: linked) == "M  a\n")
    #expect(try runner.git("status", "--porcelain", in: folder) == "")
  }

  @Test func submoduleIsARepositoryOfItsOwn() throws {
    let runner = try GitRunner()
    let inner = try runner.repository(holding: [("a", "1")], "inner")
    let folder = try runner.repository()
    try runner.git(
      "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub", in: folder)
    try runner.commit("outer", in: folder)
    let repository = try open("\(folder)/sub")
    #expect(repository.workTree == bytes("\(folder)/sub"))
    #expect(repository.gitDirectory == bytes("\(folder)/.git/modules/sub"))
    #expect(!repository.isLinkedWorkTree)
    try runner.write("2", to: "a", in: "\(folder)/sub")
    #expect(
      try repository.stage([GitStagedFile(path: bytes("a"))]) == .staged(changeCount: 1))
    let outer = try open(folder)
    #expect(try outer.indexEntry(bytes("sub"))?.mode == .submodule)
    #expect(try outer.files(in: outer.resolve("HEAD").tree).paths.names == [".gitmodules"])
  }

  @Test func prefixConvertsBothWays() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    try runner.write("", to: "sub/project/x", in: folder)
    let repository = try open("\(folder)/sub/project")
    let prefix = try #require(repository.prefix(of: bytes("\(folder)/sub/project/../project")))
    #expect(prefix.bytes == bytes("sub/project"))
    let path = try #require(RepositoryPath("data/x"))
    #expect(prefix.gitPath(path) == bytes("sub/project/data/x"))
    #expect(prefix.gitPath(.root) == bytes("sub/project"))
    #expect(prefix.workspacePath(bytes("sub/project/data/x")) == path)
    #expect(prefix.workspacePath(bytes("sub/projects/x")) == nil)
    #expect(repository.prefix(of: bytes(folder)) == GitPathPrefix([]))
    #expect(GitPathPrefix([]).workspacePath(bytes("data/x")) == path)
    #expect(repository.prefix(of: bytes(runner.root)) == nil)
  }

  @Test(arguments: [
    ("objectFormat", "sha256", "SHA-256 object names"),
    ("refStorage", "reftable", "the reftable format"),
    ("unheardOf", "true", "the extension 'unheardof'"),
  ])
  func unknownFormatIsNamed(extension name: String, value: String, feature: String) throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    try runner.git("config", "core.repositoryFormatVersion", "1", in: folder)
    try runner.git("config", "extensions.\(name)", value, in: folder)
    #expect(throws: GitError.unsupported(directory: bytes(folder), feature: feature)) {
      try GitRepository.open(at: bytes(folder))
    }
  }

  @Test func harmlessExtensionsAreAccepted() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.git("config", "core.repositoryFormatVersion", "1", in: folder)
    for (name, value) in [
      ("worktreeConfig", "true"), ("partialClone", "origin"), ("preciousObjects", "true"),
      ("relativeWorktrees", "true"),
    ] {
      try runner.git("config", "extensions.\(name)", value, in: folder)
    }
    #expect(try open(folder).headBlob(at: bytes("a")) == bytes("1"))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func repositoryOfAnotherUserIsRefused() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    #expect(unsafe chown(folder, 12345, 12345) == 0)
    #expect(unsafe chown("\(folder)/.git", 12345, 12345) == 0)
    try runner.write("", to: "sub/file", in: folder)
    let error = #expect(throws: GitError.self) {
      try GitRepository.open(at: bytes("\(folder)/sub"))
    }
    #expect(error?.message.contains("belongs to another user") == true)
    #expect(error?.hint?.contains("safe.directory \(folder)'") == true)
  }

  @Test func hooksDirectoryFollowsConfiguration() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    let repository = try open(folder)
    #expect(try repository.hooksDirectory() == bytes("\(folder)/.git/hooks"))
    try repository.setConfiguration([("core.hooksPath", "tools/hooks")])
    #expect(try repository.hooksDirectory() == bytes("\(folder)/tools/hooks"))
    _ = try runner.git("config", "--unset", "core.hooksPath", in: folder)
    #expect(try repository.hooksDirectory() == bytes("\(folder)/.git/hooks"))
    try repository.setConfiguration([("merge.dver.driver", "dver merge-driver %O %A %B")])
    #expect(
      try runner.git("config", "merge.dver.driver", in: folder) == "dver merge-driver %O %A %B\n")
  }

  @Test func ignoreRulesAndConversionsAreGits() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    try runner.write("/data\n*.log\n!keep.log\nbuild/\n", to: ".gitignore", in: folder)
    try runner.write(
      "m/** -text -filter\n*.txt text\n*.bin filter=lfs\n*.c ident\n*.u working-tree-encoding=UTF-16\n",
      to: ".gitattributes", in: folder)
    let repository = try open(folder)
    #expect(try repository.isIgnored(bytes("data"), isDirectory: true))
    #expect(try repository.isIgnored(bytes("data/x"), isDirectory: false))
    #expect(try repository.isIgnored(bytes("a/b.log"), isDirectory: false))
    #expect(try !repository.isIgnored(bytes("keep.log"), isDirectory: false))
    #expect(try !repository.isIgnored(bytes("build"), isDirectory: false))
    #expect(try repository.isIgnored(bytes("build"), isDirectory: true))
    #expect(try repository.conversion(of: bytes("m/a.txt")) == .lineEnds)
    #expect(try repository.conversion(of: bytes("m/x")) == [])
    #expect(try repository.conversion(of: bytes("a.bin")) == .filter)
    #expect(try repository.conversion(of: bytes("a.c")) == .ident)
    #expect(try repository.conversion(of: bytes("a.u")) == .encoding)
    #expect(try repository.conversion(of: bytes("plain")) == [])
    try repository.setConfiguration([("core.autocrlf", "true")])
    #expect(try repository.conversion(of: bytes("plain")) == .lineEnds)
    #expect(try repository.conversion(of: bytes("m/x")) == [])
    // A rule added later is seen by the same repository.
    try runner.write("/data\n/later\n", to: ".gitignore", in: folder)
    #expect(try repository.isIgnored(bytes("later"), isDirectory: false))
  }

  @Test func aFullDiskComesWithAHint() {
    let detail = "failed to write '.git/index.lock': No space left on device"
    for error in [
      GitError.failed(action: "write the git index", detail: detail),
      .system(action: "write", path: bytes(".git/index"), code: ENOSPC),
    ] {
      #expect(error.hint?.contains("free some space") == true)
    }
    #expect(GitError.failed(action: "read HEAD", detail: "something else").hint == nil)
  }
}
