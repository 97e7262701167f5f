import DverCore
import DverFileSystem
import TestSupport
import Testing

@Suite struct VerifyTests {
  @Test func soundStoresAreSound() throws {
    let shared = try SharedData()
    let result = try shared.repository.dver("verify").requireSuccess()
    #expect(result.standardOutput == "")
    #expect(result.standardError.contains("Verified all of the cache: 4 objects"))
    try shared.repository.dver("verify", "-r", "shared").requireSuccess()
    let some = try shared.repository.dver("verify", "data/a", "single.txt").requireSuccess()
    #expect(some.standardError.contains("Verified all of the targets' objects in the cache: "))
    try shared.repository.dver("verify", "no").requireStatus(2)
  }

  @Test func damageIsSetAsideAndNamed() throws {
    let shared = try SharedData()
    let object = try shared.object("a\n", in: shared.cache)
    try shared.damage(object, to: "b\n")
    let result = try shared.repository.dver("verify", "--json").requireStatus(4)
    #expect(result.standardOutput.contains("\"paths\": [\"data/a\"]"))
    #expect(!shared.repository.exists(object))
    #expect(try shared.repository.files("\(shared.cache)/quarantine").count == 1)
    // From then on it is missing.
    let again = try shared.repository.dver("verify").requireStatus(4)
    #expect(again.standardOutput.hasPrefix("missing\t"))
    #expect(again.standardOutput.hasSuffix("\tdata/a\n"))
    try shared.repository.dver("fetch").requireSuccess()
    try shared.repository.dver("verify").requireSuccess()
  }

  @Test func aRemotesDamageIsFound() throws {
    let shared = try SharedData()
    try shared.damage(shared.object("a\n"), to: "b\n")
    let result = try shared.repository.dver("verify", "-r", "shared").requireStatus(4)
    #expect(result.standardOutput.hasPrefix("damaged\t"))
    try shared.repository.dver("push").requireSuccess()
    try shared.repository.dver("verify", "-r", "shared").requireSuccess()
  }

  @Test func samplesGoOnWhereTheLastOneStopped() throws {
    let shared = try SharedData()
    try shared.damage(shared.object("a\n", in: shared.cache), to: "b\n")
    var found = 0
    for _ in 0..<4 {
      let result = try shared.repository.dver("verify", "--sample", "25%", "--json")
      #expect(result.standardOutput.contains("\"objects\": 1,"))
      #expect(result.standardOutput.contains("\"complete\": false"))
      if result.standardOutput.contains("\"damaged\": [{") { found += 1 }
    }
    #expect(found == 1)
  }

  @Test func aBudgetEndsEarly() throws {
    let repository = try TemporaryRepository()
    for number in 0..<40 { try repository.write("\(number)\n", to: "many/\(number)") }
    try repository.dver("add", "many").requireSuccess()
    var objects = 0
    for _ in 0..<3 {
      let result = try repository.dver("verify", "--budget", "0", "--json").requireSuccess()
      #expect(result.standardOutput.contains("\"complete\": false"))
      if result.standardOutput.contains("\"objects\": 16,") { objects += 16 }
    }
    #expect(objects == 48)
    let whole = try repository.dver("verify", "--budget", "600", "--json").requireSuccess()
    #expect(whole.standardOutput.contains("\"objects\": 41,"))
  }

  @Test func manifestsAreHeldAgainstTheirPointers() throws {
    let shared = try SharedData()
    try shared.repository.append("\n", to: ".dver/manifests/data/+")
    let result = try shared.repository.dver("verify").requireStatus(4)
    #expect(result.standardOutput == "manifest\tdata\n")
  }

  /// Pointers and nodes of manifests change one after the other, under the workspace's lock.
  @Test(arguments: ["verify", "doctor"])
  func whatIsBeingWrittenIsNoDamage(_ word: String) throws {
    let repository = try SharedData().repository
    let node = ".dver/manifests/data/+"
    let right = try repository.read(node)
    try repository.append("\n", to: node)
    let folder = AbsolutePath(normalized: Array("\(repository.path)/.dver".utf8))
    var lease: Lease? = try Lease(
      folder.appending("state/lock"), purpose: "dver add", settings: LeaseSettings(),
      scratch: folder.appending("tmp"), timeout: .zero)
    var command = try repository.dverCommand([word])
    command.arguments = ["-c", "exec \"$0\" \(word) 2> seen", command.executable].map {
      Array($0.utf8)
    }
    command.executable = "/bin/sh"
    let running = try command.start()
    try running.wait(until: {
      try repository.exists("seen") && repository.readText("seen").contains("Waiting for")
    })
    try repository.write(right, to: node)
    withExtendedLifetime(lease) {}
    lease = nil
    let result = running.wait()
    try result.requireSuccess()
    #expect(!result.standardOutput.contains("manifest"))
    try repository.append("\n", to: node)
    try repository.dver(word).requireStatus(word == "verify" ? 4 : 2)
  }

  @Test(arguments: ["0", "101%", "x", "-5"])
  func sharesAreChecked(_ share: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("verify", "--sample=\(share)").requireStatus(64)
  }
}
