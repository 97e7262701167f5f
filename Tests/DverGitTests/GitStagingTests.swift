import DverCore
import DverGit
import Glibc
import TestSupport
import Testing

struct GitStagingTests {
  @Test func ignoredFilesAreStagedByForceAndOthersRemoved() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(
      holding: [(".gitignore", "*.dver\n.dver\n"), ("old", "1"), ("gone", "2")])
    try runner.write("x", to: "a.dver", in: folder)
    try runner.write("y", to: ".dver/manifests/a/+", in: folder)
    #expect(unsafe chmod("\(folder)/.dver/manifests/a/+", 0o755) == 0)
    try runner.write("new", to: "old", in: folder)
    let repository = try open(folder)
    let outcome = try repository.stage(
      [
        GitStagedFile(path: bytes("a.dver")),
        GitStagedFile(path: bytes(".dver/manifests/a/+"), isExecutable: true),
      ], removing: [bytes("gone"), bytes("never there")])
    #expect(outcome == .staged(changeCount: 3))
    let status = try runner.git("status", "--porcelain", in: folder)
    #expect(status == "A  .dver/manifests/a/+\nA  a.dver\nD  gone\n M old\n?? gone\n")
    #expect(try runner.git("fsck", "--strict", in: folder) == "")
    #expect(try repository.isTracked(bytes(".dver/manifests")))
    #expect(try !repository.isTracked(bytes(".dver/manifest")))
    #expect(try !repository.isTracked(bytes("gone")))
    #expect(
      try repository.trackedPaths().names == [".dver/manifests/a/+", ".gitignore", "a.dver", "old"])
    #expect(try repository.trackedPaths(below: bytes(".dver")).names == [".dver/manifests/a/+"])
    #expect(try repository.indexEntry(bytes(".dver/manifests/a/+"))?.mode == .executable)
    #expect(try repository.indexBlob(at: bytes("a.dver")) == bytes("x"))
  }

  @Test func unchangedFilesLeaveTheIndexAlone() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1"), ("b", "2")])
    let repository = try open(folder)
    let files = [GitStagedFile(path: bytes("a")), GitStagedFile(path: bytes("b"), mustRead: true)]
    var status = stat()
    #expect(unsafe stat("\(folder)/.git/index", &status) == 0)
    let inode = status.st_ino
    #expect(try repository.stage(files) == .staged(changeCount: 0))
    #expect(unsafe stat("\(folder)/.git/index", &status) == 0)
    #expect(status.st_ino == inode)
    try runner.write("3", to: "a", in: folder)
    #expect(try repository.stage(files) == .staged(changeCount: 1))
    #expect(try runner.git("status", "--porcelain", in: folder) == "M  a\n")
  }

  /// A file of the same size that is changed within the tick of its staging is told by nothing but
  /// its content.
  @Test func racyEntriesAreReadAgain() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    let repository = try open(folder)
    let time = [
      timespec(tv_sec: 2_000_000_000, tv_nsec: 0), timespec(tv_sec: 2_000_000_000, tv_nsec: 0),
    ]
    for content in ["one", "two", "six"] {
      try runner.write(content, to: "a", in: folder)
      // Later than any index: the entry stays racy.
      #expect(unsafe utimensat(AT_FDCWD, "\(folder)/a", time, 0) == 0)
      #expect(try repository.stage([GitStagedFile(path: bytes("a"))]) == .staged(changeCount: 1))
      #expect(try repository.indexBlob(at: bytes("a")) == bytes(content))
    }
  }

  /// Entries of others that are racy when dver writes the index must not become clean by it.
  @Test func racyEntriesOfOthersStayDirty() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("mine", "1"), ("theirs", "one")])
    let old = [
      timespec(tv_sec: 1_500_000_000, tv_nsec: 0), timespec(tv_sec: 1_500_000_000, tv_nsec: 0),
    ]
    for name in ["theirs", ".git/index"] {
      #expect(unsafe utimensat(AT_FDCWD, "\(folder)/\(name)", old, 0) == 0)
    }
    try runner.git("-c", "core.trustctime=false", "update-index", "--refresh", in: folder)
    #expect(unsafe utimensat(AT_FDCWD, "\(folder)/.git/index", old, 0) == 0)
    // Same size, same time, other content.
    let stream = unsafe fopen("\(folder)/theirs", "r+")
    unsafe _ = fputs("two", stream)
    unsafe _ = fclose(stream)
    #expect(unsafe utimensat(AT_FDCWD, "\(folder)/theirs", old, 0) == 0)
    try runner.write("2", to: "mine", in: folder)
    #expect(
      try open(folder).stage([GitStagedFile(path: bytes("mine"))]) == .staged(changeCount: 1))
    #expect(
      try runner.git("-c", "core.trustctime=false", "status", "--porcelain", in: folder)
        == "M  mine\n M theirs\n")
  }

  @Test func lineEndsAndFiltersDoNotTouchTheBytes() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    try runner.git("config", "core.autocrlf", "true", in: folder)
    try runner.write("* text eol=crlf ident\n", to: ".gitattributes", in: folder)
    try runner.write("a\r\n$Id$\r\n", to: "x", in: folder)
    let repository = try open(folder)
    _ = try repository.stage([GitStagedFile(path: bytes("x"))])
    #expect(try repository.indexBlob(at: bytes("x")) == bytes("a\r\n$Id$\r\n"))
  }

  @Test func intentsToAddAndFlagsOfOthersSurvive() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1"), ("skip", "2"), ("assume", "3")])
    try runner.write("later", to: "later", in: folder)
    try runner.write("mine", to: "mine", in: folder)
    try runner.git("add", "-N", "later", "mine", in: folder)
    try runner.git("update-index", "--skip-worktree", "skip", in: folder)
    try runner.git("update-index", "--assume-unchanged", "assume", in: folder)
    let before = try runner.git("ls-files", "-v", in: folder)
    let repository = try open(folder)
    #expect(try repository.indexEntry(bytes("later"))?.isIntentToAdd == true)
    #expect(try repository.stage([GitStagedFile(path: bytes("mine"))]) == .staged(changeCount: 1))
    #expect(try runner.git("ls-files", "-v", in: folder) == before)
    #expect(try runner.git("status", "--porcelain", in: folder) == " A later\nA  mine\n")
  }

  @Test func conflictsAreReadAndResolvedByStaging() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a.dver", "base\n"), ("b", "base\n")])
    try runner.git("switch", "-q", "-c", "side", in: folder)
    try runner.write("theirs\n", to: "a.dver", in: folder)
    try runner.write("theirs\n", to: "b", in: folder)
    try runner.commit("side", in: folder)
    try runner.git("switch", "-q", "main", in: folder)
    try runner.write("ours\n", to: "a.dver", in: folder)
    try runner.git("rm", "-q", "b", in: folder)
    try runner.commit("main", in: folder)
    #expect(throws: GitRunnerError.self) { try runner.git("merge", "side", in: folder) }
    let repository = try open(folder)
    #expect(try repository.unmergedPaths() == [bytes("a.dver"), bytes("b")])
    let conflict = try #require(try repository.conflict(at: bytes("a.dver")))
    #expect(try conflict.ancestor.map { try repository.blob($0.id) } == bytes("base\n"))
    #expect(try conflict.ours.map { try repository.blob($0.id) } == bytes("ours\n"))
    #expect(try conflict.theirs.map { try repository.blob($0.id) } == bytes("theirs\n"))
    #expect(try repository.conflict(at: bytes("b"))?.ours == nil)
    #expect(try repository.resolveIfPresent("MERGE_HEAD") == repository.resolve("side"))
    #expect(try repository.indexEntry(bytes("a.dver")) == nil)
    #expect(try repository.isTracked(bytes("b")))
    try runner.write("both\n", to: "a.dver", in: folder)
    #expect(
      try repository.stage([GitStagedFile(path: bytes("a.dver"))]) == .staged(changeCount: 1))
    #expect(try repository.unmergedPaths() == [bytes("b")])
    #expect(try repository.conflict(at: bytes("a.dver")) == nil)
    #expect(try repository.stage([], removing: [bytes("b")]) == .staged(changeCount: 1))
    #expect(try repository.unmergedPaths().isEmpty)
    #expect(try runner.git("status", "--porcelain", "-uno", in: folder) == "M  a.dver\n")
  }

  @Test func filesAndFoldersReplaceEachOther() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("x", "file"), ("y/z", "below")])
    try runner.git("rm", "-q", "--cached", "-r", ".", in: folder)
    try runner.git("reset", "-q", in: folder)
    for name in ["x", "y"] {
      #expect(unsafe rename("\(folder)/\(name)", "\(folder)/was-\(name)") == 0)
    }
    try runner.write("1", to: "x/in", in: folder)
    try runner.write("2", to: "y", in: folder)
    let repository = try open(folder)
    _ = try repository.stage(
      [GitStagedFile(path: bytes("x/in")), GitStagedFile(path: bytes("y"))],
      removing: [bytes("x"), bytes("y/z")])
    #expect(try repository.trackedPaths().names == ["x/in", "y"])
    #expect(try runner.git("status", "--porcelain", "-uno", in: folder).contains("D  y/z"))
  }

  @Test func onlyRegularFilesAreStaged() throws {
    let runner = try GitRunner()
    let folder = try runner.repository()
    #expect(unsafe symlink("elsewhere", "\(folder)/link") == 0)
    let repository = try open(folder)
    #expect(throws: GitError.notAFile(path: bytes("\(folder)/link"))) {
      try repository.stage([GitStagedFile(path: bytes("link"))])
    }
    #expect(throws: GitError.notAFile(path: bytes("\(folder)/.git"))) {
      try repository.stage([GitStagedFile(path: bytes(".git"))])
    }
    let error = #expect(throws: GitError.self) {
      try repository.stage([GitStagedFile(path: bytes("none"))])
    }
    #expect(error?.message.contains("none") == true)
  }

  @Test func lockOfAnotherProcessIsNamed() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.write("2", to: "a", in: folder)
    try runner.write("", to: ".git/index.lock", in: folder)
    let repository = try open(folder)
    let error = #expect(throws: GitError.self) {
      try repository.stage([GitStagedFile(path: bytes("a"))], timeout: .zero)
    }
    #expect(error == .locked(path: bytes("\(folder)/.git/index.lock")))
    #expect(error?.exitStatus == .locked)
    #expect(unsafe access("\(folder)/.git/index.lock", F_OK) == 0)
    #expect(unsafe unlink("\(folder)/.git/index.lock") == 0)
    #expect(try repository.stage([GitStagedFile(path: bytes("a"))]) == .staged(changeCount: 1))
    #expect(try runner.git("ls-files", in: folder) == "a\n")
    #expect(unsafe access("\(folder)/.git/index.lock", F_OK) != 0)
  }

  @Test func ownStaleLockIsKnownAgain() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.write("2", to: "a", in: folder)
    let repository = try open(folder)
    let lockPath = "\(folder)/.git/index.lock"
    var recorded: GitLockFile?
    _ = try repository.stage(
      [GitStagedFile(path: bytes("a"))], willLock: { recorded = $0 })
    let lock = try #require(recorded)
    #expect(lock.path == bytes(lockPath))
    #expect(try !lock.removeStale())
    // Another process's lock is another file.
    try runner.write("git's", to: ".git/index.lock", in: folder)
    var status = stat()
    #expect(unsafe stat(lockPath, &status) == 0)
    let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    let present = GitLockFile(path: lock.path, device: device, inode: inode, modified: modified)
    for (inode, modified) in [(inode + 1, modified), (inode, modified - 1)] {
      let other = GitLockFile(path: lock.path, device: device, inode: inode, modified: modified)
      #expect(try !other.removeStale())
    }
    #expect(try present.removeStale())
    #expect(unsafe access(lockPath, F_OK) != 0)
  }

  @Test func changesOfOthersBetweenReadingAndLockingSurvive() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1"), ("b", "1")])
    try runner.write("2", to: "a", in: folder)
    try runner.write("2", to: "b", in: folder)
    let repository = try open(folder)
    _ = try repository.stage(
      [GitStagedFile(path: bytes("a"))],
      willLock: { _ in try runner.git("add", "b", in: folder) })
    #expect(try runner.git("status", "--porcelain", in: folder) == "M  a\nM  b\n")
  }

  @Test func thousandsOfFilesAreStagedAtOnce() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("readme", "1")])
    let count = 2_000
    var files: [GitStagedFile] = []
    for number in 0..<count {
      let path = "m/\(number % 7)/\(number)"
      try runner.write("node \(number)\n", to: path, in: folder)
      files.append(GitStagedFile(path: bytes(path)))
    }
    let repository = try open(folder)
    #expect(try repository.stage(files, threads: 4) == .staged(changeCount: count))
    #expect(try repository.stage(files, threads: 4) == .staged(changeCount: 0))
    #expect(try repository.trackedPaths(below: bytes("m")).count == count)
    try runner.git("commit", "-q", "-m", "nodes", in: folder)
    #expect(try runner.git("status", "--porcelain", in: folder) == "")
    #expect(try runner.git("fsck", "--strict", in: folder) == "")
  }

  @Test func anotherIndexFileIsUsedWhereAsked() throws {
    let runner = try GitRunner()
    let folder = try runner.repository(holding: [("a", "1")])
    try runner.write("2", to: "a", in: folder)
    let other = bytes("\(folder)/.git/next-index")
    let repository = try #require(
      try GitRepository.open(at: bytes(folder), indexFile: other))
    #expect(try !repository.isTracked(bytes("a")))
    #expect(try repository.stage([GitStagedFile(path: bytes("a"))]) == .staged(changeCount: 1))
    #expect(try repository.isTracked(bytes("a")))
    #expect(try runner.git("status", "--porcelain", in: folder) == " M a\n")
  }
}
