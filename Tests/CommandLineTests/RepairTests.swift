import TestSupport
import Testing

@Suite struct RepairTests {
  @Test func theWorkspaceHasSoundCopies() throws {
    let shared = try SharedData(push: false)
    let object = try shared.object("a\n", in: shared.cache)
    try shared.damage(object, to: "b\n")
    try shared.repository.remove(shared.object("single\n", in: shared.cache))
    let result = try shared.repository.dver("repair").requireSuccess()
    #expect(result.lines.count == 2)
    #expect(result.lines.allSatisfy { $0.hasSuffix("\tthe workspace") })
    #expect(result.standardOutput.contains("\tdata/a\t"))
    #expect(try shared.repository.readText(object) == "a\n")
    try shared.repository.dver("verify").requireSuccess()
    let again = try shared.repository.dver("repair", "--json").requireSuccess()
    #expect(again.standardOutput.contains("\"repaired\": [], \"lost\": []"))
  }

  @Test func remotesHaveSoundCopies() throws {
    let shared = try SharedData()
    try shared.damage(shared.object("a\n", in: shared.cache), to: "b\n")
    try shared.repository.write("changed\n", to: "data/a")
    let result = try shared.repository.dver("repair", "data").requireSuccess()
    #expect(result.standardOutput.hasSuffix("\tdata/a\tremote 'shared'\n"))
    try shared.repository.dver("verify").requireSuccess()
    #expect(try shared.repository.readText("data/a") == "changed\n")
  }

  @Test func theTrashHasSoundCopies() throws {
    let shared = try SharedData(push: false)
    let object = try shared.object("a\n", in: shared.cache)
    try shared.repository.makeDirectory(".dver/cache/trash/1")
    let name = object.split(separator: "/").suffix(2).joined()
    try shared.repository.move(object, to: ".dver/cache/trash/1/\(name)")
    try shared.repository.dver("verify").requireSuccess()
    #expect(shared.repository.exists(object))
  }

  @Test func aRemoteIsRepairedFromTheCache() throws {
    let shared = try SharedData()
    let object = try shared.object("a\n")
    try shared.damage(object, to: "b\n")
    try shared.repository.remove(shared.object("single\n"))
    let result = try shared.repository.dver("repair", "-r", "shared").requireSuccess()
    #expect(result.lines.count == 2)
    #expect(try shared.repository.readText(object) == "a\n")
    try shared.repository.dver("verify", "-r", "shared").requireSuccess()
    try shared.repository.dver("repair", "-r", "none").requireStatus(2)
  }

  @Test func whatIsNowhereIsNamed() throws {
    let shared = try SharedData(push: false)
    try shared.damage(shared.object("a\n", in: shared.cache), to: "b\n")
    try shared.repository.remove("data/a")
    let result = try shared.repository.dver("repair").requireStatus(4)
    #expect(result.standardOutput.hasPrefix("lost\t"))
    #expect(result.standardOutput.hasSuffix("\tdata/a\n"))
    #expect(try shared.repository.files(".dver/cache/quarantine").count == 1)
    let json = try shared.repository.dver("repair", "--json").requireStatus(4)
    #expect(json.standardOutput.contains("\"paths\": [\"data/a\"]"))
    try shared.repository.dver("repair", "nothing").requireStatus(2)
  }

  @Test func manifestFilesAreWrittenAnew() throws {
    let shared = try SharedData(push: false)
    try shared.repository.write("dver-manifest 1\n", to: ".dver/manifests/data/+")
    let result = try shared.repository.dver("repair").requireSuccess()
    #expect(result.standardOutput == "manifest\tdata\n")
    try shared.repository.requireClean()
    try shared.repository.dver("verify").requireSuccess()
  }
}
