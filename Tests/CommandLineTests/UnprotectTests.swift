import TestSupport
import Testing

@Suite struct UnprotectTests {
  private func repository(_ type: String) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("[cache]\n\ttype = \(type)\n", to: ".dver/config.local")
    try repository.write("1\n", to: "d/x")
    try repository.write("2\n", to: "d/y")
    try repository.write("3\n", to: "a")
    try repository.dver("add", "d", "a").requireSuccess()
    return repository
  }

  @Test(arguments: ["symlink", "hardlink"])
  func linksBecomeWritableFiles(type: String) throws {
    let repository = try repository(type)
    #expect(try repository.shell("find d a ! -type d -links 1 -type f").standardOutput == "")
    try repository.dver("unprotect", "d/x").requireSuccess()
    #expect(try repository.shell("find d a -links 1 -type f").standardOutput == "d/x\n")
    let rest = try repository.dver("unprotect", "--json", "a", "d.dver").requireSuccess()
    #expect(rest.standardOutput == #"{"unprotected": ["a", "d/y"]}"# + "\n")
    try repository.append("more\n", to: "d/x")
    try repository.append("more\n", to: "a")
    let status = try repository.dver("status", "--json").requireSuccess().standardOutput
    #expect(status.contains(#""a": "modified""#))
    #expect(!status.contains("not in cache"))
  }

  @Test func filesOfTheirOwnAreLeftAlone() throws {
    let repository = try repository("copy")
    let before = try repository.shell("stat -c %i d/x a").standardOutput
    let result = try repository.dver("unprotect", "d", "a").requireSuccess()
    #expect(result.standardError == "0 files unprotected\n")
    #expect(try repository.shell("stat -c %i d/x a").standardOutput == before)
  }

  @Test func whatWasWrittenThroughALinkIsKept() throws {
    let repository = try repository("symlink")
    for path in ["d/x", "a"] {
      try repository.shell("chmod u+w \(path) && echo more >> \(path)").requireSuccess()
    }
    let result = try repository.dver("unprotect", "d", "a").requireSuccess()
    #expect(result.standardError == "3 files unprotected\n")
    #expect(try repository.shell("find d a -links 1 -type f").lines.count == 3)
    #expect(try repository.readText("d/x") == "1\nmore\n")
    #expect(try repository.readText("a") == "3\nmore\n")
  }

  @Test func linksThatLeadNowhereAreNamed() throws {
    let repository = try repository("symlink")
    try repository.shell("rm -rf .dver/cache/objects").requireSuccess()
    let result = try repository.dver("unprotect", "a").requireStatus(4)
    #expect(result.standardError.contains("missing: a"))
    try repository.dver("unprotect", "nothing").requireStatus(2)
    try repository.dver("unprotect").requireStatus(64)
  }
}
