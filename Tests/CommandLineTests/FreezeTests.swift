import TestSupport
import Testing

@Suite struct FreezeTests {
  @Test func freezesStagesGroupsAndPointers() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data")
    try repository.dver("add", "data").requireSuccess()
    try repository.append("# mine\n", to: "data.dver")
    let pointer = try repository.readText("data.dver")
    let text =
      "stages:\n  s:\n    cmd: cp data o   # copies\n    deps: [data]\n    outs: [o]\n"
      + "  g:\n    foreach: [1, 2]\n    do:\n      cmd: x ${item}\n"
      + "  m:\n    matrix: {a: [1]}\n    cmd: x ${item.a}\n"
    try repository.write(text, to: "dver.yaml")
    try repository.dver("repro", "s").requireSuccess()
    try repository.dver("freeze", "s", "g", "m@1", "data.dver").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == text.replacing("outs: [o]\n", with: "outs: [o]\n    frozen: true\n")
        .replacing("cmd: x ${item}\n", with: "cmd: x ${item}\n      frozen: true\n")
        + "    frozen: true\n")
    #expect(try repository.readText("data.dver").contains("frozen: true\n"))
    let frozen = try repository.dver("stage", "list", "--all", "--json").requireSuccess()
    #expect(!frozen.standardOutput.contains(#""frozen": false"#))
    // Again changes nothing.
    let before = try repository.readText("dver.yaml")
    try repository.dver("freeze", "s").requireSuccess()
    #expect(try repository.readText("dver.yaml") == before)
    try repository.dver("unfreeze", "s", "g", "m", "data").requireSuccess()
    #expect(try repository.readText("dver.yaml") == text)
    #expect(try repository.readText("data.dver") == pointer)
  }

  @Test func aFrozenStageIgnoresItsDependencies() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.dver("stage", "add", "-n", "s", "-d", "in", "-o", "o", "cp in o")
      .requireSuccess()
    try repository.dver("repro").requireSuccess()
    try repository.dver("freeze", "s").requireSuccess()
    try repository.write("2\n", to: "in")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "1\n")
    try repository.dver("unfreeze", "s").requireSuccess()
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o") == "2\n")
  }

  @Test func refusesMembersAndStrangers() throws {
    let repository = try TemporaryRepository()
    let groups = "  g:\n    foreach: [1, 2]\n    do: {cmd: x}\n"
    try repository.write("stages:\n\(groups)  f: &f {cmd: x}\n  h: *f\n", to: "dver.yaml")
    let member = try repository.dver("freeze", "g@1").requireStatus(2)
    #expect(member.standardError.contains("stage 'g@1' is a member of a group"))
    #expect(member.standardError.contains("hint: name the group 'g'"))
    try repository.dver("freeze", "nothing").requireStatus(2)
    let flow = try repository.dver("freeze", "f").requireStatus(2)
    #expect(flow.standardError.contains("dver.yaml:5:6"))
    try repository.dver("freeze").requireStatus(64)
  }

  @Test func definitionsInOneLineAreEditedInIt() throws {
    let repository = try TemporaryRepository()
    let text = "stages:\n  g: {foreach: [1, 2], do: {cmd: x}}\n  f: {cmd: x, frozen: false}\n"
    try repository.write(text, to: "dver.yaml")
    try repository.dver("freeze", "g", "f").requireSuccess()
    #expect(
      try repository.readText("dver.yaml")
        == text.replacing("x}}", with: "x, frozen: true}}").replacing("false", with: "true"))
    try repository.dver("unfreeze", "g", "f").requireSuccess()
    #expect(try repository.readText("dver.yaml") == text.replacing(", frozen: false", with: ""))
  }

  @Test func aStageThatOthersTakeKeysFromIsFrozenAlone() throws {
    let repository = try TemporaryRepository()
    func text(_ a: String, b: String, c: String) -> String {
      "stages:\n  a: &x\n    cmd: e\n\(a)  b:\n    <<: *x\n    cmd: f\n\(b)  c:\n    <<: *x\n\(c)"
    }
    let shared = text("", b: "", c: "    frozen: false\n")
    try repository.write(shared, to: "dver.yaml")
    let refused = try repository.dver("freeze", "a").requireStatus(2)
    #expect(refused.standardError.contains(": stages.b would change with it"))
    #expect(try repository.readText("dver.yaml") == shared)
    let own = text("", b: "    frozen: false\n", c: "    frozen: false\n")
    try repository.write(own, to: "dver.yaml")
    try repository.dver("freeze", "a").requireSuccess()
    let frozen = text(
      "    frozen: true\n", b: "    frozen: false\n", c: "    frozen: false\n")
    #expect(try repository.readText("dver.yaml") == frozen)
    try repository.dver("unfreeze", "a").requireSuccess()
    #expect(try repository.readText("dver.yaml") == own)
  }

  @Test func outputsThatAreIgnoredAreRefused() throws {
    let repository = try TemporaryRepository()
    try repository.write("*.log\n", to: ".dverignore")
    let message = "a.log, an output of stage 's', is ignored by .dverignore:1:*.log"
    let added = try repository.dver("stage", "add", "-n", "s", "-o", "a.log", "touch a.log")
      .requireStatus(2)
    #expect(added.standardError.contains(message))
    #expect(!repository.exists("dver.yaml"))
    let text = "stages: {s: {cmd: touch a.log, outs: [a.log]}}\n"
    try repository.write(text, to: "dver.yaml")
    for command in ["repro", "status"] {
      let refused = try repository.dver(command).requireStatus(2)
      #expect(refused.standardError.contains(message))
    }
    #expect(!repository.exists("a.log"))
    try repository.write("*.log\n!a.log\n", to: ".dverignore")
    try repository.dver("repro").requireSuccess()
  }
}
