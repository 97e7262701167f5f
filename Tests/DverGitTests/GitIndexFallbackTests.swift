import DverCore
import DverGit
import TestSupport
import Testing

/// Kinds of index that libgit2 cannot read.
struct GitIndexFallbackTests {
  enum Kind: String, CaseIterable, Sendable {
    case split, sparse, withoutChecksum

    func apply(in folder: String, _ runner: GitRunner) throws {
      switch self {
      case .split:
        try runner.git("update-index", "--split-index", in: folder)
      case .sparse:
        try runner.git("sparse-checkout", "set", "--cone", "--sparse-index", "in", in: folder)
      case .withoutChecksum:
        // As `index.skipHash` of newer versions leaves it.
        let index = try runner.gitBytes(["-c", "alias.x=!cat .git/index", "x"], in: folder)
        try runner.write(
          Array(index.dropLast(20)) + Array(repeating: 0, count: 20), to: bytes(".git/index"),
          in: folder)
      }
    }
  }

  private func repository(_ kind: Kind, _ runner: GitRunner) throws -> String {
    let folder = try runner.repository(
      holding: [("in/a", "1"), ("out/deep/b", "2"), ("top", "3"), ("gone", "4")])
    try kind.apply(in: folder, runner)
    return folder
  }

  @Test(arguments: Kind.allCases) func gitReadsAndWritesIt(kind: Kind) throws {
    let runner = try GitRunner()
    let folder = try repository(kind, runner)
    try runner.write("x", to: "in/new\nname", in: folder)
    try runner.write("changed", to: "top", in: folder)
    let repository = try open(folder)
    #expect(try repository.trackedPaths().names == ["gone", "in/a", "out/deep/b", "top"])
    #expect(try repository.isTracked(bytes("out/deep")))
    let outcome = try repository.stage(
      [GitStagedFile(path: bytes("in/new\nname")), GitStagedFile(path: bytes("top"))],
      removing: [bytes("gone")])
    #expect(outcome == .staged(changeCount: 3))
    #expect(try repository.indexBlob(at: bytes("top")) == bytes("changed"))
    #expect(
      try runner.git("diff", "--cached", "--name-status", "-z", in: folder)
        == "D\0gone\0A\0in/new\nname\0M\0top\0")
  }

  @Test(arguments: Kind.allCases) func withoutGitNothingIsStaged(kind: Kind) throws {
    let runner = try GitRunner()
    let folder = try repository(kind, runner)
    try runner.write("changed", to: "top", in: folder)
    let repository = try open(folder, program: "no-such-git-program")
    guard case .notStaged = try repository.stage([GitStagedFile(path: bytes("top"))]) else {
      Issue.record("it was staged")
      return
    }
    let error = #expect(throws: GitError.self) { try repository.isTracked(bytes("top")) }
    #expect(error?.message.contains("split, sparse") == true)
  }

  @Test func lockStopsTheProgramToo() throws {
    let runner = try GitRunner()
    let folder = try repository(.split, runner)
    try runner.write("changed", to: "top", in: folder)
    try runner.write("", to: ".git/index.lock", in: folder)
    #expect(throws: GitError.locked(path: bytes("\(folder)/.git/index.lock"))) {
      try open(folder).stage([GitStagedFile(path: bytes("top"))], timeout: .zero)
    }
  }

  @Test func damagedIndexIsAnError() throws {
    let runner = try GitRunner()
    let folder = try repository(.split, runner)
    try runner.write("DIRC damaged beyond repair, long enough", to: ".git/index", in: folder)
    let error = #expect(throws: GitError.self) { try open(folder).isTracked(bytes("top")) }
    #expect(error?.message.contains(".git/index") == true)
  }
}
