import TestSupport
import Testing

@Suite struct RemoveTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a")
    try repository.write("2\n", to: "d/x")
    try repository.dver("add", "a", "d").requireSuccess()
    try repository.commitAll()
    return repository
  }

  @Test func dataStaysAndBelongsToTheUserAgain() throws {
    let repository = try repository()
    try repository.dver("checkout").requireSuccess()
    try repository.dver("remove", "a.dver", "d").requireSuccess()
    #expect(try repository.files(ignoring: [".git", ".dver"]) == [".dverignore", "a", "d/x"])
    #expect(!repository.exists(".dver/manifests"))
    let staged = try repository.git("diff", "--cached", "--name-status").lines
    #expect(
      staged == ["D\t.dver/manifests/d/+", "D\t.gitignore", "D\ta.dver", "D\td.dver"])
    // No later checkout takes away what was tracked once.
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("a") == "1\n")
  }

  @Test func otherIgnoreLinesStay() throws {
    let repository = try repository()
    try repository.append("# mine\n*.log\n", to: ".gitignore")
    try repository.dver("remove", "a").requireSuccess()
    #expect(try repository.readText(".gitignore") == "/d\n# mine\n*.log\n")
  }

  @Test func dataGoesOnlyIfItIsSafe() throws {
    let repository = try repository()
    try repository.write("changed\n", to: "d/new")
    let refused = try repository.dver("remove", "--outs", "a", "d").requireStatus(2)
    #expect(refused.standardError.contains("d"))
    #expect(repository.exists("a"))
    #expect(repository.exists("d.dver"))
    try repository.dver("remove", "--outs", "-f", "d").requireSuccess()
    #expect(!repository.exists("d"))
    try repository.dver("remove", "--outs", "a").requireSuccess()
    #expect(!repository.exists("a"))
    #expect(!repository.exists("a.dver"))
  }

  @Test func linksBecomeFiles() throws {
    let repository = try repository()
    try repository.write("[cache]\n\ttype = symlink\n", to: ".dver/config.local")
    try repository.dver("checkout", "--relink").requireSuccess()
    let removed = try repository.dver("remove", "--json", "a").requireSuccess()
    #expect(removed.standardOutput == #"{"removed": ["a.dver"], "paths": ["a"]}"# + "\n")
    try repository.remove(".dver/cache")
    #expect(try repository.readText("a") == "1\n")
  }

  @Test func stagesLeaveTheirPipeline() throws {
    let repository = try repository()
    try repository.write(
      "# top\nstages:\n  one:\n    cmd: 'x'\n    outs: [o1] # here\n  # two\n  two:\n"
        + "    cmd: 'y'\n    outs: [o2]\n", to: "p/dver.yaml")
    try repository.write(
      "schema: '2.0'\nstages:\n  one:\n    cmd: x\n  two:\n    cmd: y\n", to: "p/dver.lock")
    try repository.write("/o1\n/o2\n", to: "p/.gitignore")
    try repository.write("o\n", to: "p/o1")
    try repository.dver("remove", "p/dver.yaml:one").requireSuccess()
    let left = try repository.readText("p/dver.yaml")
    #expect(left.hasPrefix("# top\nstages:\n"))
    #expect(!left.contains("one"))
    #expect(left.contains("two:"))
    #expect(try !repository.readText("p/dver.lock").contains("one"))
    #expect(try repository.readText("p/.gitignore") == "/o2\n")
    #expect(try repository.readText("p/o1") == "o\n")
    try repository.dver("remove", "two", in: "p").requireSuccess()
    for name in ["dver.yaml", "dver.lock", ".gitignore"] {
      #expect(!repository.exists("p/\(name)"))
    }
  }

  @Test func aPipelineThatHoldsMoreStays() throws {
    let repository = try repository()
    try repository.write("stages:\n  one:\n    cmd: 'x'\nmetrics: [m.json]\n", to: "dver.yaml")
    try repository.dver("remove", "one").requireSuccess()
    #expect(try repository.readText("dver.yaml") == "metrics: [m.json]\n")
  }

  @Test func refusesWhatItCannotRemove() throws {
    let repository = try repository()
    try repository.write("stages:\n  s:\n    cmd: 'x'\n    outs: [out]\n", to: "dver.yaml")
    for (target, text) in [
      ("nothing", "neither a tracked path nor a stage"), ("d/x", "is a part of d"),
      ("out", "is an output of stage 's'"), ("../away", "neither a tracked path nor a stage"),
    ] {
      let result = try repository.dver("remove", target).requireStatus(2)
      #expect(result.standardError.contains(text))
    }
    try repository.dver("remove").requireStatus(64)
    #expect(repository.exists("d.dver"))
  }

  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func everyInterruptionCanBeFinished() throws {
    try forEachFault(
      actions: [.kill],
      prepare: {
        let repository = try TemporaryRepository()
        try repository.write("1\n", to: "d/one")
        try repository.dver("add", "d").requireSuccess()
        return repository
      },
      command: { try $0.dverCommand(["remove", "--outs", "d"]) },
      check: { repository, _, _ in
        try repository.dver("status").requireSuccess()
        guard repository.exists("d.dver") else { return }
        try repository.dver("checkout").requireSuccess()
        guard try repository.readText("d/one") == "1\n" else { throw SupportError("lost") }
        try repository.dver("remove", "--outs", "d").requireSuccess()
        guard !repository.exists("d") else { throw SupportError("the data stayed") }
      })
  }
}
