import TestSupport
import Testing

/// `dver resolve` of `dver.lock`, of manifests with many nodes, and together with `dver install`.
@Suite struct ResolvePipelineTests {
  private static let stages = """
    stages:
      left:
        cmd: mkdir -p out && cat l > out/x
        deps: [l]
        outs: [out]
      right:
        cmd: cat r > right
        deps: [r]
        outs: [right]

    """

  /// A pipeline that ran on both branches after `ours` and `theirs` changed what it reads.
  private func diverged(ours: [String], theirs: [String]) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(Self.stages, to: "dver.yaml")
    for name in ["l", "r"] { try repository.write("\(name)\n", to: name) }
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll("base")
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    for name in theirs { try repository.write("\(name) of theirs\n", to: name) }
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll("theirs")
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    for name in ours { try repository.write("\(name) of ours\n", to: name) }
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll("ours")
    return repository
  }

  /// Lets git's own merge of the lock fail: its lines lie too close together.
  private func merge(_ repository: TemporaryRepository) throws {
    try repository.git("config", "merge.dver.driver", "false").requireSuccess()
    try repository.write("dver.lock merge=dver\n", to: ".git/info/attributes")
    #expect(try repository.git("merge", "-q", "other").status == .exited(1))
  }

  @Test func locksAreMergedStageByStage() throws {
    let repository = try diverged(ours: ["r"], theirs: ["l"])
    try merge(repository)
    let result = try repository.dver("resolve").requireSuccess()
    #expect(result.standardOutput.contains("resolved: dver.lock\n"))
    try repository.git("commit", "-q", "--no-edit").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("out/x") == "l of theirs\n")
    #expect(try repository.readText("right") == "r of ours\n")
    try repository.requireClean()
    let clone = try repository.clone()
    #expect(try clone.dver("ls", "-R", "out").requireSuccess().lines == ["x"])
  }

  @Test(arguments: ["ours", "theirs"])
  func aStageThatRanOnBothSidesNeedsADecision(side: String) throws {
    let repository = try diverged(ours: ["l", "r"], theirs: ["l"])
    try merge(repository)
    for name in ["l"] { try repository.git("checkout", "--\(side)", name).requireSuccess() }
    let refused = try repository.dver("resolve").requireStatus(1)
    #expect(
      refused.lines == ["conflict in dver.lock: stage 'left': modified by us, modified by them"])
    try repository.dver("resolve", "--\(side)", "left").requireSuccess()
    try repository.commitAll("merged")
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("out/x") == "l of \(side)\n")
    #expect(try repository.readText("right") == "r of ours\n")
    try repository.requireClean()
  }

  /// Two inputs and an output far enough apart that git joins what two branches did to them.
  @Test func gitDoesNotJoinTwoRunsIntoOne() throws {
    let repository = try TemporaryRepository()
    let inputs = (1...9).map { "i\($0)" }
    for name in inputs { try repository.write("\(name)\n", to: name) }
    try repository.write(
      "stages:\n  s: {cmd: 'head -c 1 i1 > o', deps: [\(inputs.joined(separator: ", "))], outs: [o]}\n",
      to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll("base")
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try repository.write("theirs\n", to: "i9")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll("theirs")
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.write("ours\n", to: "i1")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll("ours")
    #expect(try repository.git("merge", "-q", "other").status == .exited(1))
    try repository.dver("resolve", "--ours").requireSuccess()
    try repository.git("commit", "-q", "--no-edit").requireSuccess()
    #expect(try repository.dver("status").standardOutput.contains("i9"))
  }

  @Test func aPipelineInConflictComesFirst() throws {
    let repository = try diverged(ours: ["l"], theirs: ["l"])
    try merge(repository)
    try repository.write("<<<<<<< ours\nstages: {}\n", to: "dver.yaml")
    let refused = try repository.dver("resolve", "--ours").requireStatus(1)
    #expect(refused.standardOutput.contains("conflict in dver.lock: other fields"))
    #expect(refused.standardOutput.contains("conflict markers"))
  }

  /// More entries than one node holds, so that there are subtrees and ranges.
  private func writeMany(_ repository: TemporaryRepository) throws {
    let script = """
      mkdir -p data/tree/deep data/flat &&
      seq 1 300 | while read n; do echo $n > data/tree/deep/f$n; done &&
      seq 1 4500 | while read n; do echo $n > data/flat/f$n; done
      """
    try repository.shell(script).requireSuccess()
  }

  @Test func manifestsOfManyNodesAreMerged() throws {
    let repository = try TemporaryRepository()
    try writeMany(repository)
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll("base")
    #expect(try repository.files(".dver/manifests/data").count > 3)
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try repository.write("theirs\n", to: "data/flat/f7")
    try repository.remove("data/tree/deep")
    try repository.write("theirs\n", to: "data/tree/other")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll("theirs")
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.write("ours\n", to: "data/flat/f8")
    try repository.write("ours\n", to: "data/tree/new")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll("ours")
    // Without a cache everything comes out of git.
    let clone = try repository.clone()
    try clone.git("fetch", "-q", "origin", "other:other").requireSuccess()
    for place in [repository, clone] {
      #expect(try place.git("merge", "-q", "other").status == .exited(1))
      try place.dver("resolve").requireSuccess()
      try place.git("commit", "-q", "--no-edit").requireSuccess()
      #expect(try place.git("status", "--porcelain").lines == [])
      #expect(!(try place.dver("doctor").standardOutput.contains("manifest file")))
    }
    #expect(try repository.readText("data.dver") == clone.readText("data.dver"))
    #expect(try repository.tree(".dver/manifests") == clone.tree(".dver/manifests"))
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(!repository.exists("data/tree/deep"))
    #expect(try repository.readText("data/flat/f7") == "theirs\n")
    #expect(try repository.readText("data/flat/f8") == "ours\n")
    try repository.requireClean()
  }

  @Test func theHooksAndTheDriverAgreeWithIt() throws {
    let binary = try BuiltProducts.dver().split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(binary):" + (Command.plainEnvironment["PATH"] ?? "")
    let repository = try TemporaryRepository(.dver, environment: ["PATH": path])
    try repository.dver("install", "-q").requireSuccess()
    try repository.write("1\n", to: "data/a")
    try repository.write("1\n", to: "data/b")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll("base")
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try repository.write("theirs\n", to: "data/a")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll("theirs")
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.write("ours, longer\n", to: "data/b")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll("ours")
    let merge = try repository.git("merge", "other").requireStatus(1)
    #expect((merge.standardOutput + merge.standardError).contains("run 'dver resolve'"))
    try repository.dver("resolve").requireSuccess()
    try repository.git("commit", "-q", "--no-edit").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("data/a") == "theirs\n")
    #expect(try repository.readText("data/b") == "ours, longer\n")
  }

  @Test func aWorkspaceInASubfolderIsResolvedToo() throws {
    let repository = try TemporaryRepository(.git)
    try repository.makeDirectory("sub/dir")
    try repository.dver("init", "--subdir", "-q", in: "sub").requireSuccess()
    func record(_ name: String, _ text: String) throws {
      try repository.write(text, to: "sub/data/\(name)")
      try repository.dver("add", "-q", "data", in: "sub").requireSuccess()
      try repository.commitAll(text)
    }
    try record("a", "base\n")
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try record("b", "theirs\n")
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q", in: "sub").requireSuccess()
    try record("c", "ours\n")
    #expect(try repository.git("merge", "-q", "other").status == .exited(1))
    let result = try repository.dver("resolve", in: "sub/dir").requireSuccess()
    #expect(result.standardOutput == "resolved: ../data.dver\n")
    try repository.git("commit", "-q", "--no-edit").requireSuccess()
    try repository.dver("checkout", "-q", in: "sub").requireSuccess()
    #expect(try repository.files("sub/data") == ["a", "b", "c"])
  }
}
