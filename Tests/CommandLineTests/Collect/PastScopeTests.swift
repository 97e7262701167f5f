import TestSupport
import Testing

/// `dver gc --empty-trash`, which asks once more what a collection was to keep.
@Suite struct PastScopeTests {
  @Test(arguments: [["gc", "--empty-trash", "-f"], ["gc", "-w", "-f"]])
  func aRevisionThatIsGoneKeepsWhatAnyCommitNeeds(_ command: [String]) throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.write("never committed\n", to: "g")
    try repository.dver("add", "-q", "g").requireSuccess()
    try repository.git("reset", "-q", "--hard").requireSuccess()
    try repository.dver("gc", "-q", "--rev", "side", "-f").requireSuccess()
    #expect(try versions.present() == Versions.current.union(["a1", "side"]))
    try repository.git("branch", "-q", "-D", "side").requireSuccess()
    try repository.shell("touch -d '15 days ago' .dver/cache/trash/*/about .dver/cache/trash/*")
      .requireSuccess()
    let result = try repository.run(command).requireSuccess()
    #expect(result.standardError.contains("unknown revision 'side', so nobody can tell"))
    #expect(try versions.trashed().isSubset(of: ["a1", "side"]))
    #expect(try versions.present().isSuperset(of: ["f1", "a2", "f2"]))
    let sum = try repository.shell("printf 'never committed\\n' | sha256sum | cut -c1-64")
      .requireSuccess().lines[0]
    #expect(!repository.exists(".dver/cache/objects/\(sum.prefix(2))/\(sum.dropFirst(2))"))
    try repository.shell("! ls .dver/cache/trash/*/\(sum)").requireSuccess()
  }

  @Test func aProjectIsFoundFromAnyFolder() throws {
    let versions = try Versions()
    let repository = versions.repository
    let other = try repository.clone("other")
    try other.git("checkout", "-q", "one").requireSuccess()
    try repository.makeDirectory("sub/deep")
    try repository.dver("gc", "-q", "-w", "-f", "-p", "../other").requireSuccess()
    let note = try repository.shell("cat .dver/cache/trash/*/about").requireSuccess()
    #expect(note.standardOutput.contains("scope \(other.path)\n"))
    try repository.dver("gc", "-q", "--empty-trash", "-f", in: "sub/deep").requireSuccess()
    #expect(try versions.trashed().isEmpty)
    #expect(try versions.present() == Versions.current.union(["a1", "f1"]))
  }

  @Test func aProjectThatIsAwayKeepsTheTrash() throws {
    let versions = try Versions()
    let repository = versions.repository
    let other = try repository.clone("other")
    try other.git("checkout", "-q", "one").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f", "-p", other.path).requireSuccess()
    try repository.shell("touch -d '15 days ago' .dver/cache/trash/*/about .dver/cache/trash/*")
      .requireSuccess()
    try other.git("checkout", "-q", "main~1").requireSuccess()
    try repository.move(other.path, to: other.path + "-away")
    for command in [["gc", "--empty-trash", "-f"], ["gc", "-w", "-f"]] {
      let result = try repository.run(command).requireSuccess()
      #expect(result.standardError.contains("\(other.path), which -p names, is no folder"))
      #expect(try versions.trashed().isSuperset(of: ["a2", "f2", "side"]))
    }
    try repository.move(other.path + "-away", to: other.path)
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
    #expect(try versions.present().isSuperset(of: ["a2", "f2"]))
  }

  @Test func aRemoteThatIsGoneHasNothing() throws {
    let versions = try Versions()
    let repository = versions.repository
    try repository.dver("remote", "add", "-d", "r", repository.outside("r")).requireSuccess()
    try repository.dver("push", "-q").requireSuccess()
    try repository.dver("gc", "-q", "-w", "-f", "--not-in-remote").requireSuccess()
    #expect(try versions.present().isEmpty)
    try repository.dver("remote", "remove", "r").requireSuccess()
    let result = try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
    #expect(result.standardError.contains("what was pushed there stays in the cache"))
    #expect(try versions.present() == Versions.current)
  }
}
