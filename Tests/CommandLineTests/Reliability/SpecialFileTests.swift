import TestSupport
import Testing

/// FIFOs and links where data is expected, and outputs that cannot be looked after.
@Suite struct SpecialFileTests {
  private func tracked() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("2\n", to: "single.csv")
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  @Test func aPipeInAFolderKeepsNobodyFromTheRest() throws {
    let repository = try tracked()
    try repository.shell("mkfifo data/pipe").requireSuccess()
    try repository.write("3\n", to: "single.csv")
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput.contains(#""single.csv": "modified""#))
    #expect(!status.standardOutput.contains("data"))
    #expect(status.standardError.contains("data/pipe is a FIFO, a socket or a device"))
    #expect(try repository.dver("diff").requireSuccess().standardOutput.contains("single.csv"))
    try repository.dver("checkout", "-f").requireSuccess()
    #expect(try repository.readText("single.csv") == "2\n")
    #expect(repository.exists("data/pipe"))
    try repository.dver("add", "data").requireStatus(2)
  }

  @Test func aPipeInThePlaceOfAFileStays() throws {
    let repository = try tracked()
    try repository.remove("single.csv")
    try repository.shell("mkfifo single.csv").requireSuccess()
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput.contains(#""single.csv": "modified""#))
    let refused = try repository.dver("checkout", "-f").requireStatus(2)
    #expect(refused.standardError.contains("single.csv is a FIFO"))
    try repository.shell("test -p single.csv").requireSuccess()
  }

  @Test(arguments: [
    ("ln -s real lnk && mkdir real", "outs: [lnk/o]", "lies below the symbolic link lnk"),
    ("echo 1 > o && git add o", "outs: [o]", "o is tracked by git"),
    ("true", "outs: [o]", "o is a symbolic link"),
  ])
  func suchOutputsAreRefused(setUp: String, outputs: String, reason: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    let command = reason.contains("is a symbolic") ? "ln -s nowhere o" : "touch ran; cp in o"
    try repository.write(
      "stages:\n  s:\n    cmd: \(command)\n    deps: [in]\n    \(outputs)\n", to: "dver.yaml")
    try repository.shell(setUp).requireSuccess()
    let result = try repository.dver("repro").requireStatus(3)
    #expect(result.standardError.contains(reason))
    #expect(!repository.exists("ran"))
  }

  @Test func anOutputThatIsALinkBecomesWhatItLeadsTo() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(
      "stages:\n  s:\n    cmd: mkdir run && cp in run/x && ln -s run latest && ln -s run/x last\n"
        + "    deps: [in]\n    outs: [latest, last]\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.shell("test ! -L latest && test ! -L last && rm -r run").requireSuccess()
    #expect(try repository.readText("latest/x") == "1\n")
    #expect(try repository.readText("last") == "1\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  @Test(arguments: ["outs: [o: {persist: true}]", "outs: [o: {cache: false}]"])
  func aLinkThatIsNoResultStaysALink(outputs: String) throws {
    let repository = try TemporaryRepository()
    let target = repository.outside("disk")
    try repository.write("1\n", to: "in")
    try repository.write("0\n", to: target)
    try repository.symlink(target, at: "o")
    try repository.write(
      "stages:\n  s:\n    cmd: \"[ -L o ] || ln -s \(target) o; cat in >> o\"\n"
        + "    deps: [in]\n    \(outputs)\n", to: "dver.yaml")
    for input in ["1\n", "2\n"] {
      try repository.write(input, to: "in")
      try repository.dver("repro").requireSuccess()
      try repository.shell("test -L o").requireSuccess()
      try repository.dver("status", "-q").requireSuccess()
    }
    #expect(try repository.readText(target) == "0\n1\n2\n")
    try repository.dver("checkout").requireSuccess()
    try repository.shell("test -L o").requireSuccess()
  }

  @Test func aLinkIntoTheWorkspaceOfDverIsNoOutput() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages: {s: {cmd: ln -s .dver o, outs: [o]}}\n", to: "dver.yaml")
    let result = try repository.dver("repro").requireStatus(3)
    #expect(result.standardError.contains("is a symbolic link"))
  }

  /// As somebody does who moves it to another disk.
  @Test func anOutputMayLieElsewhereUntilItIsRecorded() throws {
    let repository = try TemporaryRepository()
    let elsewhere = repository.outside("o")
    try repository.write(
      "stages:\n  s:\n    cmd: mkdir -p o && echo 1 > o/a\n    outs: [o]\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.commitAll()
    try repository.shell("mv o \(elsewhere) && ln -s \(elsewhere) o").requireSuccess()
    try repository.requireClean()
    let status = try repository.dver("data", "status", "--json").requireSuccess()
    #expect(!status.standardOutput.contains("deleted"))
    try repository.dver("checkout").requireSuccess()
    try repository.dver("checkout", "--relink").requireSuccess()
    try repository.shell("test -L o").requireSuccess()
    // Another version would have to go through the link.
    try repository.append("2\n", to: "o/a")
    let changed = try repository.dver("data", "status", "--json").requireSuccess()
    #expect(changed.standardOutput.contains("\"modified\": [\"o/\"]"))
    let refused = try repository.dver("checkout").requireStatus(2)
    #expect(refused.standardError.contains("not in the cache: o"))
    try repository.dver("commit", "-f").requireSuccess()
    try repository.shell("test -d o && test ! -L o").requireSuccess()
    #expect(try repository.readText("o/a") == "1\n2\n")
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("cat \(elsewhere)/a").requireSuccess().lines == ["1", "2"])
  }

  @Test func aRightOutputThatLiesElsewhereIsBroughtHomeByCommit() throws {
    let repository = try TemporaryRepository()
    try repository.write("stages:\n  s:\n    cmd: echo 1 > o\n    outs: [o]\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.shell("mv o ../outside/o && ln -s ../outside/o o").requireSuccess()
    try repository.dver("commit").requireSuccess()
    try repository.shell("test -f o && test ! -L o").requireSuccess()
    try repository.requireClean()
  }

  @Test func whatGitKeepsMayBeAnOutputThatIsNotCached() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s:\n    cmd: echo 2 > m\n    metrics:\n    - m: {cache: false}\n",
      to: "dver.yaml")
    try repository.write("1\n", to: "m")
    try repository.git("add", "m").requireSuccess()
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("m") == "2\n")
  }
}
