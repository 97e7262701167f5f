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
