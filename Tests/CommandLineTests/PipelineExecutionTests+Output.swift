import TestSupport
import Testing

/// What is told of stages.
extension PipelineExecutionTests {
  @Test func aFailureComesWithItsLastLines() throws {
    let repository = try repository(
      """
        s: {cmd: 'seq 1 30; printf "\\033[31mbad\\033[0m\\n"; exit 3', outs: [o]}
        t: {cmd: cp o t, deps: [o], outs: [t]}
        quiet: {cmd: exit 4}

      """)
    let result = try repository.dver("repro", "-k").requireStatus(3)
    let lines = (22...30).map { "  \($0)\n" }.joined()
    #expect(result.standardError.hasPrefix("Stage 's' printed last:\n\(lines)  bad\ndver: error: "))
    #expect(result.standardError.contains("stage 's' failed: its command exited with status 3\n"))
    #expect(result.standardError.contains("stage 't' was skipped because of 's'\n"))
    #expect(result.standardError.contains("stage 'quiet' failed: its command exited with status 4"))
    #expect(result.standardError.contains(".dver/state/logs/s/"))
    let json = try repository.dver("repro", "--json").requireStatus(3)
    #expect(json.standardError.hasPrefix("{\"error\""))
    #expect(json.standardError.contains(#""last_lines": ["22", "23", "#))
    #expect(json.standardError.contains(#""30", "bad"]}"#))
    #expect(json.standardError.contains(#""outcome": "skipped", "why": []"#))
  }

  @Test func resultsAndMessagesComeInTheirOrder() throws {
    let repository = try repository("  a: {cmd: cp in a, deps: [in], outs: [a]}\n")
    try repository.dver("repro", "-q").requireSuccess()
    let both = try repository.shell("\(BuiltProducts.dver()) repro 2>&1").requireSuccess()
    #expect(both.lines.last == "Data and pipelines are up to date.")
  }

  @Test func oneDocumentTellsHowLongStagesRan() throws {
    let repository = try repository("  a: {cmd: cp in a, deps: [in], outs: [a]}\n")
    let ran = try repository.dver("repro", "--json").requireSuccess().standardOutput
    #expect(ran.hasPrefix("{\"stages\": [{\"stage\": \"a\", \"outcome\": \"ran\", \"why\": ["))
    #expect(ran.contains("], \"duration\": "))
    let fresh = try repository.dver("repro", "--json").requireSuccess().standardOutput
    #expect(
      fresh == "{\"stages\": [{\"stage\": \"a\", \"outcome\": \"fresh\", \"why\": []}]}\n")
  }

  @Test func aFrozenStageWithLostOutputsIsNotSaidToRun() throws {
    let repository = try repository(
      """
        a: {cmd: cp in a, deps: [in], outs: [a], frozen: true}
        b: {cmd: cp a b, deps: [a], outs: [b]}

      """)
    let dry = try repository.dver("repro", "--dry", "a").requireSuccess()
    #expect(
      dry.standardOutput.hasPrefix(
        "Stage 'a' would fail: it is frozen, and its output a is missing\n"))
    #expect(!dry.standardOutput.contains("Running"))
    let json = try repository.dver("repro", "--dry", "--json", "a").requireSuccess()
    #expect(json.standardOutput.contains("\"verdict\": \"fail\""))
  }

  @Test func aStageThatLacksWhatItReadsIsNotSaidToRun() throws {
    let repository = try repository(
      """
        a: {cmd: cp none a, deps: [none], outs: [a]}
        b: {cmd: cp in b, deps: [in], params: [nothing], outs: [b]}
        c: {cmd: cp in d/c, deps: [in], outs: [d/c]}
        e: {cmd: cp d/c e, deps: [d], outs: [e]}

      """)
    try repository.write("other: 1\n", to: "params.yaml")
    let dry = try repository.dver("repro", "--dry", "-k").requireSuccess().standardOutput
    #expect(dry.contains("Stage 'a' would fail: dependency none is missing\n"))
    #expect(dry.contains("Stage 'b' would fail: params.yaml has no parameter nothing\n"))
    for stage in ["c", "e"] { #expect(dry.contains("Running stage '\(stage)':")) }
    let json = try repository.dver("repro", "--dry", "--json", "--pull").requireSuccess()
    #expect(json.standardOutput.contains(#"{"stage": "a", "verdict": "run""#))
    try repository.remove("d")
    let single = try repository.dver("repro", "--dry", "-s", "e").requireSuccess().standardOutput
    #expect(single.contains("Stage 'e' would fail: dependency d is missing\n"))
  }

  /// A command that asks there for a password would wait forever.
  @Test(arguments: [false, true])
  func commandsHaveAGroupButNoTerminal(isOnTerminal: Bool) throws {
    let repository = try repository("  s: {cmd: sh look, outs: [o]}\n")
    try repository.write(
      """
      if (: </dev/tty) 2>/dev/null; then echo terminal; else echo none; fi >o
      set -- $(cat /proc/$$/stat)
      # Shells become the last program that they run.
      if [ "$5" = $$ ] || [ "$5" = "$4" ]; then echo group; fi >>o

      """, to: "look")
    let command = try "\(BuiltProducts.dver()) repro"
    let screen = repository.outside("screen")
    try repository.shell(isOnTerminal ? "script -qefc '\(command)' \(screen)" : command)
      .requireSuccess()
    #expect(try repository.readText("o") == "none\ngroup\n")
  }

  @Test func aTerminalShowsRunningStagesWithTheirLastLine() throws {
    let repository = try repository(
      """
        s: {cmd: 'sh steps'}
        t: {cmd: 'true'}

      """)
    try repository.shell("mkfifo fifo").requireSuccess()
    try repository.write(
      """
      printf '\\033[1mstep one\\033[0m\\n\\n'
      cat fifo
      printf '\\033]0;title\\007%0200d\\r' 7
      cat fifo

      """, to: "steps")
    let screen = repository.outside("screen")
    let running = try Command(
      "script", ["-qefc", "\(BuiltProducts.dver()) repro -j2", screen],
      environment: repository.environment.merging(["TERM": "xterm", "SHELL": "/bin/sh"]) { $1 },
      directory: repository.path
    ).start()
    func shown() -> String { (try? repository.readText(screen)) ?? "" }
    try running.wait(until: { shown().contains("  step one") && shown().contains("[s] 0:") })
    try repository.shell(": > fifo").requireSuccess()
    // A terminal of unknown width has 80 columns, and the last one stays free.
    let cut = "  " + String(repeating: "0", count: 68) + "…"
    try running.wait(until: { shown().contains(cut) })
    try repository.shell(": > fifo").requireSuccess()
    try running.wait().requireSuccess()
    #expect(!shown().contains("[1mstep") && !shown().contains("title"))
    #expect(shown().contains("Stage 's' took "))
    #expect(shown().contains("Stage 't' took "))
    // Nothing stays of the line.
    let end = shown().split(separator: "\u{1b}[J").last ?? ""
    #expect(!end.contains("[s]"))
  }

  /// What tells that something is data may change while stages run, and is no dependency.
  @Test(arguments: [
    ("d", "", "[d/a]"), ("sub", "echo >> sub/in; ", "[x.o]"),
  ])
  func bookkeepingInAFolderIsNoDependency(folder: String, edit: String, outputs: String) throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  a: {cmd: \"mkdir -p d; date > d/a; touch x.o\", outs: \(outputs)}\n"
        + "  c: {cmd: \"echo >> runs; touch c.o\", deps: [\(folder)], outs: [c.o]}\n",
      to: "dver.yaml")
    try repository.write("1\n", to: "sub/in")
    try repository.write(
      "stages:\n  w: {cmd: cat in > o, deps: [in], outs: [o]}\n", to: "sub/dver.yaml")
    for round in 1...2 {
      try repository.dver("repro", "-P").requireSuccess()
      try repository.dver("status", "-q").requireSuccess()
      try repository.dver("repro", "-P").requireSuccess()
      let runs = try repository.readText("runs").utf8.count
      #expect(runs == (edit.isEmpty ? 1 : round))
      try repository.shell(edit).requireSuccess()
    }
  }

  /// A folder that is tracked counts with all that is in it.
  @Test func anIgnoreFileInTrackedDataIsData() throws {
    let repository = try TemporaryRepository()
    try repository.write("*.tmp\n", to: "d/.gitignore")
    try repository.write("1\n", to: "d/a")
    try repository.dver("add", "d").requireSuccess()
    try repository.write("stages: {s: {cmd: touch o, deps: [d], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro").requireSuccess()
    try repository.write("*.bak\n", to: "d/.gitignore")
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput.contains(#"{"d": "modified"}"#))
    let recorded = try repository.shell("grep -A2 'path: d$' dver.lock d.dver | grep sha256:")
    #expect(Set(recorded.lines.map { $0.split(separator: " ").last }).count == 1)
  }

  /// What only fresh stages made may be missing; what a stage reads that runs is fetched, no more.
  @Test func pullingAndMissingDataGoTogether() throws {
    let repository = try TemporaryRepository()
    try repository.write("c\n", to: "code")
    try repository.write("i\n", to: "in")
    try repository.write("big\n", to: "big")
    try repository.dver("add", "big").requireSuccess()
    try repository.write(
      """
      stages:
        first.step: {cmd: cat in big > d, deps: [in, big], outs: [d]}
        q: {cmd: cat d code > q.o, deps: [d, code, ./code], outs: [q.o]}

      """, to: "dver.yaml")
    try repository.dver("remote", "add", "-d", "far", repository.outside("far")).requireSuccess()
    try repository.dver("repro").requireSuccess()
    try repository.commitAll()
    try repository.dver("push").requireSuccess()
    let clone = try repository.clone()
    try clone.write("new\n", to: "code")
    let status = try clone.dver("status", "--json", "q").requireSuccess()
    #expect(status.standardOutput.split(separator: "code").count == 2)
    let dry = try clone.dver("repro", "--pull", "--allow-missing", "--dry").requireSuccess()
    #expect(!dry.standardOutput.contains("cat in big"))
    try clone.dver("repro", "--pull", "--allow-missing").requireSuccess()
    #expect(try clone.readText("q.o") == "i\nbig\nnew\n")
    #expect(!clone.exists("big"))
  }

  /// A clone of a project whose stage counts the files of a folder with tracked data in it.
  private func cloneOfCounting() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("a\n", to: "data/a.csv")
    try repository.write("b\n", to: "data/sub/b.csv")
    try repository.dver("add", "data/a.csv", "data/sub").requireSuccess()
    try repository.write(
      "stages:\n  s: {cmd: \"find data -name '*.csv' | wc -l >out\", deps: [data], outs: [out]}\n",
      to: "dver.yaml")
    try repository.dver("remote", "add", "-d", "far", repository.outside("far")).requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    #expect(try repository.readText("out") == "2\n")
    try repository.commitAll()
    try repository.dver("push").requireSuccess()
    return try repository.clone()
  }

  @Test func aFolderWithoutItsTrackedDataIsAMissingDependency() throws {
    let clone = try cloneOfCounting()
    let file = try clone.dver("repro").requireStatus(3)
    #expect(file.standardError.contains("dependency data/a.csv is missing"))
    #expect(file.standardError.contains("dver pull"))
    try clone.dver("repro", "--allow-missing").requireSuccess()
    #expect(!clone.exists("out"))
    try clone.dver("pull", "data/a.csv").requireSuccess()
    let folder = try clone.dver("repro").requireStatus(3)
    #expect(folder.standardError.contains("dependency data/sub is missing"))
    try clone.dver("pull").requireSuccess()
    try clone.dver("repro").requireSuccess()
    #expect(try clone.git("status", "--porcelain").standardOutput == "")
  }

  @Test(arguments: ["data/a.csv", "data/notes"])
  func whatIsThereCountsBesideMissingData(edited: String) throws {
    let clone = try cloneOfCounting()
    try clone.dver("pull", "data/a.csv").requireSuccess()
    try clone.append("more\n", to: edited)
    let refused = try clone.dver("repro", "--allow-missing").requireStatus(3)
    #expect(refused.standardError.contains("dependency data/sub is missing"))
    try clone.dver("repro", "--pull", "--allow-missing").requireSuccess()
    #expect(try clone.readText("out") == "2\n")
    try clone.requireClean()
  }

  @Test(arguments: [["--allow-missing"], ["--pull", "--allow-missing"]])
  func missingDataCountsAsWhatIsRecordedOfItNow(options: [String]) throws {
    let repository = try TemporaryRepository()
    for path in ["file", "folder/x", "folder/y", "untouched"] {
      try repository.write("1\n", to: path)
    }
    try repository.dver("add", "-q", "file", "folder", "untouched").requireSuccess()
    try repository.write(
      """
      stages:
        ofFile: {cmd: cp file a, deps: [file], outs: [a]}
        ofFolder: {cmd: cat folder/* > b, deps: [folder], outs: [b]}
        ofChanged: {cmd: cp folder/x c, deps: [folder/x], outs: [c]}
        ofMember: {cmd: cp folder/y d, deps: [folder/y], outs: [d]}
        ofOther: {cmd: cp untouched e, deps: [untouched], outs: [e]}

      """, to: "dver.yaml")
    try repository.dver("remote", "add", "-d", "far", repository.outside("far")).requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    for path in ["file", "folder/x"] { try repository.write("2\n", to: path) }
    try repository.dver("add", "-q", "file", "folder").requireSuccess()
    try repository.commitAll()
    try repository.dver("push").requireSuccess()
    let clone = try repository.clone()
    let expected = ["file": "a", "folder": "b", "folder/x": "c"]
    let dry = try clone.dverCommand(["repro", "--dry"] + options).run().requireSuccess()
    for input in expected.keys {
      #expect(dry.standardOutput.contains("dependency \(input) was modified"))
    }
    #expect(dry.lines.count { $0.hasSuffix("was modified") } == 3)
    let result = try clone.dverCommand(["repro", "-k"] + options).run()
    guard options.contains("--pull") else {
      try result.requireStatus(3)
      for input in expected.keys {
        #expect(result.standardError.contains("dependency \(input) is missing"))
      }
      return
    }
    try result.requireSuccess()
    #expect(try ["a", "b", "c"].map { try clone.readText($0) } == ["2\n", "2\n1\n", "2\n"])
    #expect(!clone.exists("d") && !clone.exists("e") && !clone.exists("untouched"))
  }

  @Test func missingOutputsCountAsWhatTheirStagesHaveMadeSince() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "in")
    try repository.write(
      """
      stages:
        first: {cmd: cp in o, deps: [in], outs: [o]}
        second: {cmd: cp o p, deps: [o], outs: [p]}

      """, to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.write("2\n", to: "in")
    try repository.dver("repro", "-q", "first").requireSuccess()
    for path in ["o", "p", ".dver/cache"] { try repository.remove(path) }
    let dry = try repository.dver("repro", "--allow-missing", "--dry").requireSuccess()
    #expect(dry.standardOutput.contains("dependency o was modified"))
    let refused = try repository.dver("repro", "--allow-missing").requireStatus(3)
    #expect(refused.standardError.contains("stage 'second' failed: dependency o is missing"))
  }

  @Test func linksInsideOfMissingDataHideNoEdits() throws {
    let repository = try TemporaryRepository()
    for path in ["data/a/x", "data/b/y"] { try repository.write("1\n", to: path) }
    try repository.symlink("x", at: "data/a/latest")
    try repository.dver("add", "-q", "data/a", "data/b").requireSuccess()
    try repository.write(
      "stages: {s: {cmd: 'cat data/*/* > o', deps: [data], outs: [o]}}\n", to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.remove("data/a")
    let fresh = try repository.dver("repro", "--allow-missing").requireSuccess()
    #expect(fresh.standardOutput.contains("didn't change"))
    try repository.append("more\n", to: "data/b/y")
    let refused = try repository.dver("repro", "--allow-missing").requireStatus(3)
    #expect(refused.standardError.contains("dependency data/a is missing"))
  }

  @Test func pullingWithMissingDataFetchesWhatFoldersOfPointersLack() throws {
    let clone = try cloneOfCounting()
    try clone.shell("sed -i 's/>out/>out; true/' dver.yaml").requireSuccess()
    try clone.dver("repro", "--pull", "--allow-missing").requireSuccess()
    #expect(try clone.readText("out") == "2\n")
    #expect(try clone.readText("data/sub/b.csv") == "b\n")
  }

  @Test(arguments: [["--pull"], ["--pull", "--allow-missing"]])
  func pullingCompletesADirectoryThatIsThereInPart(_ options: [String]) throws {
    let repository = try TemporaryRepository()
    for name in ["a/1", "b/2", "b/3"] { try repository.write("\(name)\n", to: "data/\(name)") }
    try repository.dver("add", "data").requireSuccess()
    try repository.write(
      "stages: {s: {cmd: 'cat data/*/* >out', deps: [data], outs: [out]}}\n", to: "dver.yaml")
    try repository.dver("remote", "add", "-d", "far", repository.outside("far")).requireSuccess()
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.dver("push").requireSuccess()
    let clone = try repository.clone()
    try clone.dver("pull", "data/a").requireSuccess()
    try clone.shell("sed -i 's/>out/>out; true/' dver.yaml").requireSuccess()
    let arguments = ["repro"] + options
    try clone.dverCommand(arguments).run().requireSuccess()
    #expect(try clone.readText("out") == "a/1\nb/2\nb/3\n")
    #expect(try clone.git("status", "--porcelain", "data.dver").standardOutput == "")
  }
}
