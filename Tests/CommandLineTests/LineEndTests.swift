import TestSupport
import Testing

/// What is staged is what `git add` would stage.
@Suite struct LineEndTests {
  @Test(arguments: ["core.autocrlf", "attributes"])
  func unchangedPointersLeaveTheIndexAlone(setting: String) throws {
    let repository = try TemporaryRepository()
    if setting == "attributes" {
      try repository.write("*.dver text eol=crlf\n", to: ".gitattributes")
      try repository.git("add", ".gitattributes").requireSuccess()
    } else {
      try repository.git("config", setting, "true").requireSuccess()
    }
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    try repository.git("commit", "-qm", "1").requireSuccess()
    try repository.remove("a.dver")
    try repository.git("checkout", "-q", "a.dver").requireSuccess()
    #expect(try repository.readText("a.dver").utf8.contains(UInt8(ascii: "\r")))
    try repository.dver("add", "a").requireSuccess()
    #expect(try repository.git("status", "--short").requireSuccess().standardOutput.isEmpty)

    try repository.write("2\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
    let staged = try repository.git("show", ":a.dver").requireSuccess()
    #expect(!staged.standardOutputBytes.contains(UInt8(ascii: "\r")))
    #expect(
      try repository.git("status", "--short").requireSuccess().standardOutput == "M  a.dver\n")
  }
}
