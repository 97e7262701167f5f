import DverCore
import DverFileSystem
import TestSupport
import Testing

struct CheckoutSafetyTests {
  @Test func anotherFormWaitsForWhatTakesItsPlace() throws {
    let repository = try TemporaryRepository()
    try repository.write("file\n", to: "x")
    try repository.dver("add", "x").requireSuccess()
    try repository.commitAll()
    try repository.shell("rm x x.dver .gitignore").requireSuccess()
    try repository.write("inside\n", to: "x/f")
    try repository.dver("add", "x").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    let sum = try repository.shell("printf 'file\\n' | sha256sum").standardOutput.prefix(64)
    let object = ".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"
    try repository.remove(object)
    try repository.dver("checkout").requireStatus(4)
    #expect(try repository.readText("x/f") == "inside\n")
  }

  @Test func twoAtOnceBothSucceed() throws {
    let repository = try TemporaryRepository()
    for number in 0..<300 { try repository.write("\(number)\n", to: "d/\(number)") }
    try repository.dver("add", "-q", "d").requireSuccess()
    for damage in ["rm -r d", "rm d/1*"] {
      try repository.shell(damage).requireSuccess()
      let running = try (0..<2).map { _ in try repository.dverCommand(["checkout", "-q"]).start() }
      for command in running { try command.wait().requireSuccess() }
      try repository.requireClean()
    }
  }

  @Test(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
  func whatSomebodyElseIsStoringIsSyncedBeforeACopyGoes() throws {
    let repository = try TemporaryRepository()
    for text in ["1\n", "2\n"] {
      try repository.write(text, to: "x")
      try repository.dver("add", "x").requireSuccess()
      try repository.commitAll()
    }
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    // As if another process had stored the second version and were not done.
    try repository.remove(".dver/cache/pending")
    try repository.makeDirectory(".dver/cache/pending")
    let cache = AbsolutePath(normalized: Array("\(repository.path)/.dver/cache".utf8))
    let entry = try LifeSign(
      cache.appending("pending/0123456789abcdef"), purpose: "dver repro",
      settings: LeaseSettings(.lock), unseen: cache.appending("unseen"))
    let (operations, result) = try FaultPlan(root: repository.root).operations(
      of: repository.dverCommand(["checkout"]))
    try result.requireSuccess()
    withExtendedLifetime(entry) {}
    #expect(try repository.readText("x") == "1\n")
    #expect(operations.contains { $0.name == "syncfs" })
    #expect(repository.exists(".dver/cache/pending/0123456789abcdef"))
  }

  @Test func aNameWithALineEndHidesNoOther() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "a\nb")
    try repository.dver("add", "a\nb").requireSuccess()
    try repository.write("2\n", to: "axb")
    let status = try repository.git("status", "--porcelain").requireSuccess().standardOutput
    #expect(status.contains("?? axb\n"))
    #expect(!status.contains("?? \"a\\nb\""))
  }
}
