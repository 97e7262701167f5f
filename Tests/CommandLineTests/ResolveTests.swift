import TestSupport
import Testing

/// `dver resolve` after everything that makes git merge.
@Suite struct ResolveTests {
  /// How git is made to merge `other` into `main`.
  enum Way: String, CaseIterable, Sendable {
    case merge, rebase, cherryPick, stash
  }

  /// A repository in which `main` and `other` changed `data` in different places.
  private func diverged(
    base: (TemporaryRepository) throws -> Void = ResolveTests.writeBase,
    ours: (TemporaryRepository) throws -> Void, theirs: (TemporaryRepository) throws -> Void,
    targets: [String] = ["data"], by way: Way = .merge
  ) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try base(repository)
    try record(repository, targets)
    try repository.commitAll("base")
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try theirs(repository)
    try record(repository, targets)
    try repository.commitAll("theirs")
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    if way == .stash {
      try theirs(repository)
      try record(repository, targets)
      try repository.git("stash", "-q").requireSuccess()
      try repository.dver("checkout", "-q").requireSuccess()
    }
    try ours(repository)
    try record(repository, targets)
    try repository.commitAll("ours")
    try meet(repository, way)
    return repository
  }

  private func record(_ repository: TemporaryRepository, _ targets: [String]) throws {
    for target in targets where repository.exists(target) {
      try repository.dver("add", "-q", target).requireSuccess()
    }
  }

  private func meet(_ repository: TemporaryRepository, _ way: Way) throws {
    let result =
      switch way {
      case .merge: try repository.git("merge", "-q", "other")
      case .cherryPick: try repository.git("cherry-pick", "other")
      case .stash: try repository.git("stash", "pop", "-q")
      case .rebase: try repository.shell("git checkout -q other && git rebase -q main")
      }
    #expect(result.status == .exited(1), "\(way): \(result.transcript)")
  }

  /// Ends what git began, where that takes a word.
  private func finish(_ repository: TemporaryRepository, _ way: Way) throws {
    let script =
      switch way {
      case .merge: "git commit -q --no-edit"
      case .cherryPick: "GIT_EDITOR=true git cherry-pick --continue"
      case .rebase: "GIT_EDITOR=true git rebase --continue"
      case .stash: "git stash drop -q && git commit -qam stashed"
      }
    try repository.shell(script).requireSuccess()
  }

  static func writeBase(_ repository: TemporaryRepository) throws {
    for name in ["a", "b", "c", "d", "e", "sub/f", "sub/g"] {
      try repository.write("\(name) of the base\n", to: "data/\(name)")
    }
  }

  @Test(arguments: Way.allCases)
  func takesWhatEachSideChanged(way: Way) throws {
    let repository = try diverged(
      ours: {
        try $0.write("ours\n", to: "data/a")
        try $0.remove("data/b")
        try $0.chmod(0o755, "data/c")
        try $0.write("n\n", to: "data/new/ours")
        try $0.move("data/sub/f", to: "data/renamed")
      },
      theirs: {
        try $0.write("theirs\n", to: "data/c")
        try $0.remove("data/d")
        try $0.write("n2\n", to: "data/new/theirs")
        try $0.symlink("../a", at: "data/new/link")
        try $0.makeDirectory("data/empty")
      }, by: way)
    #expect(try repository.dver("status").status == .exited(2))
    let result = try repository.dver("resolve").requireSuccess()
    #expect(result.standardOutput == "resolved: data.dver\n")
    #expect(try repository.git("ls-files", "--unmerged").lines == [])
    try finish(repository, way)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(
      try repository.files("data") == [
        "a", "c", "e", "new/link", "new/ours", "new/theirs", "renamed", "sub/g",
      ])
    #expect(try repository.readText("data/a") == "ours\n")
    #expect(try repository.readText("data/c") == "theirs\n")
    #expect(try repository.entry("data/c").mode & 0o100 == 0o100)
    #expect(repository.exists("data/empty"))
    #expect(try repository.git("status", "--porcelain").lines == [])
    try repository.requireClean()
    try requireAllNodes(inCloneOf: repository)
  }

  /// A plain clone can list all that is tracked.
  private func requireAllNodes(inCloneOf repository: TemporaryRepository) throws {
    let clone = try repository.clone()
    let here = try repository.dver("ls", "-R", "--hash", "--json").requireSuccess()
    let there = try clone.dver("ls", "-R", "--hash", "--json").requireSuccess()
    #expect(here.standardOutput == there.standardOutput)
    #expect(!clone.exists(".dver/cache/objects"))
    let doctor = try clone.dver("doctor")
    #expect(!doctor.standardOutput.contains("manifest"), "\(doctor.transcript)")
  }

  @Test(arguments: Way.allCases)
  func namesWhatBothSidesChangedAndTouchesNothing(way: Way) throws {
    let repository = try conflicting(by: way)
    let before = try repository.tree(ignoring: [".git", "cache", "tmp", "state"])
    let index = try repository.git("ls-files", "--stage").standardOutput
    let result = try repository.dver("resolve").requireStatus(1)
    #expect(
      result.lines == [
        "conflict in data.dver: data/a: modified by us, modified by them",
        "conflict in data.dver: data/b: deleted by us, modified by them",
        "conflict in data.dver: data/c: file by us, folder by them",
        "conflict in data.dver: data/n: added by us, added by them",
      ])
    #expect(try repository.tree(ignoring: [".git", "cache", "tmp", "state"]) == before)
    #expect(try repository.git("ls-files", "--stage").standardOutput == index)
  }

  private func conflicting(by way: Way = .merge) throws -> TemporaryRepository {
    try diverged(
      ours: {
        try $0.write("a of ours\n", to: "data/a")
        try $0.remove("data/b")
        try $0.write("c of ours\n", to: "data/c")
        try $0.write("n of ours\n", to: "data/n")
        try $0.write("d of ours\n", to: "data/d")
      },
      theirs: {
        try $0.write("a of theirs\n", to: "data/a")
        try $0.write("b of theirs\n", to: "data/b")
        try $0.remove("data/c")
        try $0.write("x\n", to: "data/c/x")
        try $0.write("n of theirs\n", to: "data/n")
        try $0.write("e of theirs\n", to: "data/e")
      }, by: way)
  }

  @Test(arguments: ["ours", "theirs"])
  func aSideDecidesWhatBothChangedOnly(side: String) throws {
    let repository = try conflicting()
    try repository.dver("resolve", "--\(side)").requireSuccess()
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    let files = try repository.files("data")
    #expect(
      files
        == (side == "ours"
          ? ["a", "c", "d", "e", "n", "sub/f", "sub/g"]
          : ["a", "b", "c/x", "d", "e", "n", "sub/f", "sub/g"]))
    for name in ["a", "n"] {
      #expect(try repository.readText("data/\(name)") == "\(name) of \(side)\n")
    }
    #expect(try repository.readText("data/d") == "d of ours\n")
    #expect(try repository.readText("data/e") == "e of theirs\n")
    try repository.requireClean()
  }

  @Test func oneCallMayDecideForOneSideAndTheNextForTheOther() throws {
    let repository = try conflicting()
    let first = try repository.dver("resolve", "--theirs", "data/a", "data/c").requireStatus(1)
    #expect(first.lines.count == 2)
    #expect(first.standardOutput.contains("data/b: deleted by us"))
    let second = try repository.dver("resolve", "--theirs", "data/b").requireStatus(1)
    #expect(second.lines == ["conflict in data.dver: data/n: added by us, added by them"])
    try repository.dver("resolve", "--ours").requireSuccess()
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("data/a") == "a of theirs\n")
    #expect(try repository.readText("data/b") == "b of theirs\n")
    #expect(try repository.readText("data/n") == "n of ours\n")
    #expect(!repository.exists(".dver/state/decisions"))
  }

  @Test func jsonNamesFilesAndConflicts() throws {
    let repository = try diverged(
      ours: { try $0.write("ours\n", to: "data/a") },
      theirs: { try $0.write("theirs\n", to: "data/a") })
    let result = try repository.dver("resolve", "--json").requireStatus(1)
    #expect(
      result.standardOutput.split { $0.isWhitespace }.joined(separator: " ").contains(
        #""conflicts": [ { "file": "data.dver", "ours": "modified", "path": "data/a","#)
        || result.standardOutput.contains(#""path": "data/a""#))
    let done = try repository.dver("resolve", "--ours", "--json").requireSuccess()
    #expect(done.standardOutput.contains(#""resolved": ["data.dver"]"#))
  }

  @Test func singleFilesTakeContentAndModeFromEitherSide() throws {
    let repository = try diverged(
      base: { try $0.write("1\n", to: "tool") },
      ours: { try $0.chmod(0o755, "tool") },
      theirs: { try $0.write("longer than 1\n", to: "tool") }, targets: ["tool"])
    try repository.dver("resolve").requireSuccess()
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("tool") == "longer than 1\n")
    #expect(try repository.entry("tool").mode & 0o100 == 0o100)
  }

  @Test(arguments: ["ours", "theirs"])
  func singleFilesThatBothSidesChangedNeedADecision(side: String) throws {
    let repository = try diverged(
      base: { try $0.write("1\n", to: "data") },
      ours: { try $0.write("ours\n", to: "data") },
      theirs: { try $0.write("theirs\n", to: "data") })
    let refused = try repository.dver("resolve").requireStatus(1)
    #expect(
      refused.lines == ["conflict in data.dver: data: modified by us, modified by them"])
    try repository.dver("resolve", "--\(side)", "data.dver").requireSuccess()
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("data") == "\(side)\n")
  }

  @Test(arguments: ["ours", "theirs"])
  func dataThatOneSideRemovedComesOrGoes(side: String) throws {
    let repository = try diverged(
      ours: { try $0.dver("remove", "data.dver", "--outs").requireSuccess() },
      theirs: { try $0.write("theirs\n", to: "data/a") })
    let refused = try repository.dver("resolve").requireStatus(1)
    #expect(refused.lines == ["conflict in data.dver: data: deleted by us, modified by them"])
    try repository.dver("resolve", "--\(side)").requireSuccess()
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(repository.exists("data.dver") == (side == "theirs"))
    #expect(repository.exists("data/a") == (side == "theirs"))
    #expect(repository.exists(".dver/manifests/data/+") == (side == "theirs"))
    #expect(try repository.git("status", "--porcelain").lines == [])
    try repository.requireClean()
    try requireAllNodes(inCloneOf: repository)
  }

  @Test func bothSidesMayAddTheSameDirectory() throws {
    let repository = try diverged(
      base: { _ in }, ours: { try $0.write("1\n", to: "data/ours") },
      theirs: { try $0.write("2\n", to: "data/theirs") })
    try repository.dver("resolve").requireSuccess()
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.files("data") == ["ours", "theirs"])
  }

  @Test func aDirectoryThatMovedIsMergedWhereItIs() throws {
    let repository = try diverged(
      base: {
        try Self.writeBase($0)
        try $0.dver("add", "-q", "data").requireSuccess()
        // Long enough for git to know it again.
        try $0.append("meta:\n  text: \(String(repeating: "word ", count: 80))\n", to: "data.dver")
      },
      ours: {
        try $0.write("ours\n", to: "data/b")
        try $0.dver("add", "-q", "data").requireSuccess()
        try $0.dver("move", "data", "moved").requireSuccess()
      },
      theirs: { try $0.write("theirs\n", to: "data/a") })
    #expect(try repository.dver("resolve").requireSuccess().lines.first == "resolved: moved.dver")
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("moved/a") == "theirs\n")
    #expect(try repository.readText("moved/b") == "ours\n")
    #expect(!repository.exists("data.dver"))
    try repository.requireClean()
    try requireAllNodes(inCloneOf: repository)
  }

  @Test func commentsAndOtherFieldsOfBothSidesStay() throws {
    let repository = try diverged(
      base: {
        try Self.writeBase($0)
        try $0.dver("add", "-q", "data").requireSuccess()
        let text = try $0.readText("data.dver")
        try $0.write("# Where it comes from.\n" + text + "meta:\n  owner: a\n", to: "data.dver")
      },
      ours: {
        try $0.write("ours\n", to: "data/a")
        let text = try $0.readText("data.dver")
        try $0.write("# Ours.\n" + text, to: "data.dver")
      },
      theirs: {
        try $0.write("theirs\n", to: "data/b")
        let text = try $0.readText("data.dver")
        try $0.write(text + "  license: b\n", to: "data.dver")
      })
    try repository.dver("resolve").requireSuccess()
    let text = try repository.readText("data.dver")
    #expect(text.hasPrefix("# Ours.\n# Where it comes from.\nouts:\n- path: data\n"))
    #expect(text.hasSuffix("meta:\n  owner: a\n  license: b\n"))
  }

  @Test func ignoreLinesOfBothSidesStay() throws {
    let repository = try diverged(
      base: { try $0.write("1\n", to: "data") },
      ours: { try $0.write("1\n", to: "left") },
      theirs: { try $0.write("1\n", to: "right") }, targets: ["data", "left", "right"])
    let result = try repository.dver("resolve").requireSuccess()
    #expect(result.standardOutput == "resolved: .gitignore\n")
    #expect(try repository.readText(".gitignore") == "/data\n/left\n/right\n")
    try finish(repository, .merge)
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.git("status", "--porcelain").lines == [])
  }

  @Test func thereMayBeNothingToDo() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("resolve").requireSuccess()
    #expect(result.standardError == "Nothing of dver is in conflict\n")
    let unknown = try repository.dver("resolve", "gone").requireStatus(2)
    #expect(unknown.standardError.contains("'gone' is not in conflict"))
    try repository.dver("resolve", "--ours", "--theirs").requireStatus(64)
    let bare = try TemporaryRepository(.emptyDirectory)
    try bare.dver("init", "--no-scm").requireSuccess()
    #expect(try bare.dver("resolve").standardError.contains("needs a git repository"))
  }

  @Test(arguments: ["status", "checkout", "add"])
  func commandsNameTheFileInConflict(command: String) throws {
    let repository = try conflicting()
    let words = command == "add" ? ["add", "data"] : [command]
    let result = try repository.dverCommand(words).run().requireStatus(2)
    #expect(result.standardError.hasPrefix("dver: error: data.dver:"))
    #expect(result.standardError.contains("conflict markers"))
    #expect(result.standardError.contains("hint: run 'dver resolve'"))
  }
}
