import TestSupport
import Testing

/// Stages whose inputs were there before do not run again.
@Suite struct RunCacheTests {
  /// A stage that counts its runs where nobody looks.
  private static let pipeline = """
    stages:
      make:
        cmd: echo run >> .git/runs && mkdir out && cat in > out/a && cat in > value.json
        deps: [in]
        outs: [out]
        metrics: [{value.json: {cache: false}}]

    """

  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(Self.pipeline, to: "dver.yaml")
    try repository.write("1\n", to: "in")
    try repository.dver("repro").requireSuccess()
    try repository.write("2\n", to: "in")
    try repository.dver("repro").requireSuccess()
    return repository
  }

  private func runCount(_ repository: TemporaryRepository) throws -> Int {
    try repository.readText(".git/runs").split(separator: "\n").count
  }

  @Test func earlierOutputsComeBackWithoutARun() throws {
    let repository = try repository()
    let lock = try repository.readText("dver.lock")
    try repository.write("1\n", to: "in")
    let result = try repository.dver("repro").requireSuccess()
    #expect(result.standardError.contains("make") || result.standardOutput.contains("make"))
    #expect(try runCount(repository) == 2)
    #expect(try repository.readText("out/a") == "1\n")
    #expect(try repository.readText("value.json") == "1\n")
    try repository.dver("status", "-q").requireSuccess()
    try repository.write("2\n", to: "in")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("dver.lock") == lock)
    #expect(try runCount(repository) == 2)
  }

  @Test func whatWasMadeInAnotherFolderIsNotRestored() throws {
    let repository = try TemporaryRepository()
    for folder in ["a", "b"] { try repository.write("1\n", to: "\(folder)/in") }
    func use(_ folder: String) throws {
      let stage = "{wdir: \(folder), cmd: 'basename $PWD > out', deps: [in], outs: [out]}"
      try repository.write("stages:\n  s: \(stage)\n", to: "dver.yaml")
    }
    try use("a")
    try repository.dver("repro").requireSuccess()
    try repository.remove("a/out")
    let restored = try repository.dver("repro").requireSuccess()
    #expect(restored.standardOutput.contains("restored"))
    try use("b")
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput.contains("changed wdir"))
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("b/out") == "b\n")
    try use("a")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("a/out") == "a\n")
    // Spelled differently it is the same folder.
    try use("./a")
    try repository.remove("a/out")
    let again = try repository.dver("repro").requireSuccess()
    #expect(again.standardOutput.contains("restored"))
    #expect(try repository.readText("a/out") == "a\n")
  }

  @Test func whatWasMadeInAnotherFolderIsNotCheckedOut() throws {
    let repository = try TemporaryRepository()
    for folder in ["a", "b"] { try repository.write("1\n", to: "\(folder)/in") }
    func use(_ folder: String) throws {
      let stage = "{wdir: \(folder), cmd: 'basename $PWD > out', deps: [in], outs: [out]}"
      try repository.write("stages:\n  s: \(stage)\n", to: "dver.yaml")
    }
    try use("a")
    try repository.dver("repro", "-q").requireSuccess()
    try use("b")
    let left = try repository.dver("checkout").requireSuccess()
    #expect(left.standardError.contains("b/out is left alone: its stage made it in a and would"))
    #expect(!left.standardError.contains("Everything is in place"))
    #expect(!repository.exists("b/out"))
    let refused = try repository.dver("checkout", "b/out").requireStatus(2)
    #expect(refused.standardError.contains("nothing is recorded of b/out"))
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("b/out") == "b\n")
    try use("a")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.remove("a/out")
    try repository.dver("checkout", "a/out").requireSuccess()
    #expect(try repository.readText("a/out") == "a\n")
  }

  @Test func flagsMakeItRunAgain() throws {
    let repository = try repository()
    try repository.write("1\n", to: "in")
    try repository.dver("repro", "--no-run-cache").requireSuccess()
    #expect(try runCount(repository) == 3)
    try repository.dver("repro", "-f").requireSuccess()
    #expect(try runCount(repository) == 4)
  }

  @Test func anotherCommandIsAnotherRun() throws {
    let repository = try repository()
    try repository.write(
      Self.pipeline.replacing("cat in > out/a", with: "cp in out/a"), to: "dver.yaml")
    try repository.write("1\n", to: "in")
    try repository.dver("repro").requireSuccess()
    #expect(try runCount(repository) == 3)
  }

  @Test func withoutItsOutputsAnEntryIsNothing() throws {
    let repository = try repository()
    try repository.shell("rm -rf .dver/cache/objects").requireSuccess()
    try repository.write("1\n", to: "in")
    try repository.dver("repro").requireSuccess()
    #expect(try runCount(repository) == 3)
    #expect(try repository.readText("out/a") == "1\n")
  }

  @Test func damagedEntriesAreNotBelieved() throws {
    let repository = try repository()
    let entries = try repository.files(".dver/cache/runs")
    #expect(entries.count == 2)
    for entry in entries {
      let path = ".dver/cache/runs/\(entry)"
      try repository.chmod(0o644, path)
      try repository.write(try repository.readText(path).replacing("1", with: "2"), to: path)
    }
    try repository.write("1\n", to: "in")
    try repository.dver("repro").requireSuccess()
    #expect(try runCount(repository) == 3)
    // That run mended its entry.
    for text in ["2\n", "1\n"] {
      try repository.write(text, to: "in")
      try repository.dver("repro").requireSuccess()
    }
    #expect(try runCount(repository) == 4)
  }

  @Test(arguments: [
    "always_changed: true", "outs: [{other: {cache: false}}]", "outs: [{other: {persist: true}}]",
  ])
  func someStagesAlwaysRun(_ line: String) throws {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      stages:
        make:
          cmd: echo run >> .git/runs && cat in > other && cat in > out
          deps: [in]
          metrics: [out]
          \(line)

      """, to: "dver.yaml")
    for text in ["1\n", "2\n", "1\n"] {
      try repository.write(text, to: "in")
      try repository.dver("repro").requireSuccess()
    }
    #expect(try runCount(repository) == 3)
  }

  @Test func whatIsNotPushedStaysAtHomeWithItsRuns() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      stages:
        make:
          cmd: (echo secret; cat in) > a && (echo distant; cat in) > b && cat in > c
          deps: [in]
          outs: [{a: {push: false}}, {b: {remote: other}}, c]

      """, to: "dver.yaml")
    for name in ["shared", "other"] {
      try repository.dver("remote", "add", name, repository.outside(name)).requireSuccess()
    }
    try repository.dver("remote", "default", "shared").requireSuccess()
    for text in ["1\n", "2\n"] {
      try repository.write(text, to: "in")
      try repository.dver("repro").requireSuccess()
    }
    let result = try repository.dver("push", "--run-cache", "-r", "shared").requireSuccess()
    #expect(result.standardError == "Pushed 2 objects to shared.\n")
    try repository.dver("push", "--run-cache").requireSuccess()
    for (name, words) in [("shared", "-e secret -e distant"), ("other", "-e secret")] {
      let remote = repository.outside(name)
      #expect(try repository.files("\(remote)/runs").count == 2)
      #expect(try repository.shell("grep -r \(words) \(remote)/objects").lines.isEmpty)
    }
  }

  @Test func runsTravelOverARemote() throws {
    let repository = try repository()
    try repository.dver("remote", "add", "-d", "shared", repository.outside("shared"))
      .requireSuccess()
    try repository.commitAll()
    try repository.dver("push", "--run-cache").requireSuccess()
    try repository.shell("rm -rf .dver/cache out value.json .dver/tmp").requireSuccess()
    try repository.dver("pull", "--run-cache").requireSuccess()
    try repository.dver("verify").requireSuccess()
    try repository.write("1\n", to: "in")
    try repository.dver("repro").requireSuccess()
    #expect(try runCount(repository) == 2)
    #expect(try repository.readText("out/a") == "1\n")
  }

  @Test(arguments: [".dver/cache", ".dver/cache/objects .dver/cache/packs"])
  func pullingTakesRunsFromRemotes(lost: String) throws {
    let repository = try repository()
    try repository.dver("remote", "add", "-d", "shared", repository.outside("shared"))
      .requireSuccess()
    try repository.commitAll()
    try repository.dver("push", "--run-cache").requireSuccess()
    try repository.shell("rm -rf \(lost) out value.json").requireSuccess()
    try repository.write("1\n", to: "in")
    try repository.dver("repro", "--pull").requireSuccess()
    #expect(try runCount(repository) == 2)
    #expect(try repository.readText("out/a") == "1\n")
    try repository.dver("verify").requireSuccess()
    // What no remote has is run.
    try repository.write("3\n", to: "in")
    try repository.dver("repro", "--pull").requireSuccess()
    #expect(try runCount(repository) == 3)
  }
}
