import DverCore
import DverFileSystem
import DverManifest
import DverPipeline
import Synchronization
import TestSupport
import Testing

/// A process that is killed is played by an area that goes without a word: its lock goes with it.
@Suite struct AsideTests {
  private func prepared() throws -> (Workbench, ResolvedStage) {
    let bench = try Workbench()
    try bench.write("old", to: "out/x")
    try bench.write("kept", to: "log")
    var definition = stage("a", to: ["out", "log", "new"])
    definition.outputs[1].persists = true
    return (bench, try graph([definition], root: bench.root).stages[0])
  }

  private func recover(_ bench: Workbench) throws -> AsideRecovery.Report {
    try AsideRecovery.recover(
      bench.layout, preserve: { try bench.storage.preserve($0, of: $1) },
      barrier: { try bench.storage.barrier() }, saving: nothingHidden(bench), displacing: { _ in })
  }

  private func nothingHidden(_ bench: Workbench) -> HiddenFiles {
    HiddenFiles(bench.layout, list: { _, _ in [] }, onKept: { _ in })
  }

  @Test func recoveryPutsOldOutputsBackAfterADeath() throws {
    let (bench, stage) = try prepared()
    do {
      let area = AsideArea(bench.layout)
      _ = try area.begin(stage, outputs: [0, 1, 2], unprotect: { _ in })
      #expect(try bench.read("out/x") == nil)
      #expect(try bench.read("log") == "kept")
      try bench.write("half", to: "out/y")
      try bench.write("kept and more", to: "log")
      try bench.write("half", to: "new")
    }
    #expect(try recover(bench).interrupted.map(\.name) == ["a"])
    #expect(try bench.read("out/x") == "old")
    #expect(try bench.read("out/y") == nil)
    #expect(try bench.read("log") == "kept")
    #expect(try bench.read("new") == nil)
    #expect(try bench.read(".dver/tmp/failed/a/outputs/out/y") == "half")
    #expect(try bench.read(".dver/tmp/failed/a/outputs/new") == "half")
    #expect(try FileSystem.names(in: bench.layout.aside) == [])
    #expect(try recover(bench).interrupted == [])
  }

  @Test func recoveryLeavesTheLivingAlone() throws {
    let (bench, stage) = try prepared()
    let area = AsideArea(bench.layout)
    let ticket = try area.begin(stage, outputs: [0, 1, 2])
    #expect(try recover(bench).interrupted == [])
    #expect(try bench.read("out/x") == nil)
    try area.putBack(ticket)
    #expect(try bench.read("out/x") == "old")
    #expect(try bench.read("log") == "kept")
    try area.close()
    #expect(try FileSystem.names(in: bench.layout.aside) == [])
  }

  @Test func recoveryStoresOldOutputsOfFinishedStagesBeforeDroppingThem() throws {
    let (bench, stage) = try prepared()
    do {
      let area = AsideArea(bench.layout)
      let ticket = try area.begin(stage, outputs: [0, 1, 2])
      try bench.write("complete", to: "out/x")
      try area.complete(ticket)
    }
    #expect(try recover(bench).interrupted == [])
    #expect(try bench.read("out/x") == "complete")
    #expect(bench.storage.state.withLock(\.preserved) == [path("out"), path("log")])
    #expect(bench.storage.state.withLock(\.barrierCount) == 1)
    #expect(try FileSystem.names(in: bench.layout.aside) == [])
  }

  @Test func recoveryKeepsOldOutputsThatCannotBeStored() throws {
    let (bench, stage) = try prepared()
    do {
      let area = AsideArea(bench.layout)
      try area.complete(try area.begin(stage, outputs: [0]))
    }
    struct Full: Error {}
    #expect(throws: Full.self) {
      try AsideRecovery.recover(
        bench.layout, preserve: { _, _ in throw Full() }, barrier: {},
        saving: nothingHidden(bench), displacing: { _ in })
    }
    #expect(try recover(bench).interrupted == [])
    #expect(bench.storage.state.withLock(\.preserved) == [path("out")])
  }

  @Test func recoveryManagesWithoutItsJournal() throws {
    let (bench, stage) = try prepared()
    do {
      let area = AsideArea(bench.layout)
      _ = try area.begin(stage, outputs: [0, 1])
      try bench.write("somebody's", to: "log")
    }
    for name in try #require(try FileSystem.names(in: bench.layout.aside)) {
      let path = bench.layout.aside.appending(name)
      let isLock = name.suffix(5).elementsEqual(".lock".utf8)
      try FileSystem.removeFile(isLock ? path : path.appending("journal"))
    }
    _ = try recover(bench)
    #expect(try bench.read("out/x") == "old")
    #expect(try bench.read("log") == "somebody's")
    #expect(bench.storage.state.withLock(\.preserved) == [path("log")])
  }

  @Test func recoveryMayItselfBeInterruptedAnywhere() throws {
    // As after a death between the quarantine of the new output and the return of the old one.
    let (bench, stage) = try prepared()
    do {
      let area = AsideArea(bench.layout)
      _ = try area.begin(stage, outputs: [0])
      try bench.write("half", to: "out/y")
      try FileSystem.makeDirectories(bench.layout.failed.appending("a/outputs"))
      try FileSystem.rename(
        bench.root.appending("out"), to: bench.layout.failed.appending("a/outputs/out"))
    }
    _ = try recover(bench)
    #expect(try bench.read("out/x") == "old")
    #expect(try bench.read(".dver/tmp/failed/a/outputs/out/y") == "half")
  }

  @Test func nothingIsTakenFromBehindALinkAboveAnOutput() throws {
    for isAlive in [true, false] {
      let bench = try Workbench()
      try bench.write("mine", to: "elsewhere/x")
      try bench.write("mine", to: "elsewhere/new")
      try bench.write("old", to: "out/x")
      let stage = try graph([stage("a", to: ["out/x", "out/new"])], root: bench.root).stages[0]
      do {
        let area = AsideArea(bench.layout)
        let ticket = try area.begin(stage, outputs: [0, 1])
        try FileSystem.removeTree(bench.root.appending("out"))
        try FileSystem.makeSymbolicLink(
          to: bench.root.appending("elsewhere").bytes, at: bench.root.appending("out"))
        if isAlive { try area.putBack(ticket) }
      }
      _ = try recover(bench)
      #expect(try bench.read("out/x") == "old")
      #expect(try bench.read("out/new") == nil)
      #expect(try bench.read("elsewhere/x") == "mine")
      #expect(try bench.read("elsewhere/new") == "mine")
      let kept = isAlive ? ".dver/tmp/failed/a/outputs/out" : ".dver/state/kept/out"
      #expect(try FileSystem.status(of: bench.root.appending(kept))?.isLink == true)
    }
  }

  @Test func nothingIsPutThroughALinkThatWasKept() throws {
    let bench = try Workbench()
    try bench.write("mine", to: "elsewhere/x")
    try bench.write("old", to: "out/x")
    let kept = bench.layout.failed.appending("a/outputs")
    try FileSystem.makeDirectories(kept)
    try FileSystem.makeSymbolicLink(
      to: bench.root.appending("elsewhere").bytes, at: kept.appending("out"))
    let stage = try graph([stage("a", to: ["out/x"])], root: bench.root).stages[0]
    do {
      _ = try AsideArea(bench.layout).begin(stage, outputs: [0])
      try bench.write("half", to: "out/x")
    }
    _ = try recover(bench)
    #expect(try bench.read("elsewhere/x") == "mine")
    #expect(try bench.read("out/x") == "old")
    #expect(try bench.read(".dver/tmp/failed/a/outputs/out/x") == "half")
  }

  @Test func whatLiesBehindALinkIsNotSetAside() throws {
    let bench = try Workbench()
    try bench.write("mine", to: "elsewhere/x")
    try FileSystem.makeSymbolicLink(to: Array("elsewhere".utf8), at: bench.root.appending("out"))
    let stage = try graph([stage("a", to: ["out/x"])], root: bench.root).stages[0]
    #expect(throws: StageFailure.self) {
      _ = try AsideArea(bench.layout).begin(stage, outputs: [0])
    }
    #expect(try bench.read("elsewhere/x") == "mine")
  }

  @Test func longPathsComeBackToo() throws {
    let bench = try Workbench()
    let name = String(repeating: "é", count: 100)
    try bench.write("old", to: "\(name)/\(name)")
    let stage = try graph([stage("a", to: ["\(name)/\(name)"])], root: bench.root).stages[0]
    do {
      _ = try AsideArea(bench.layout).begin(stage, outputs: [0])
      #expect(try bench.read("\(name)/\(name)") == nil)
    }
    _ = try recover(bench)
    #expect(try bench.read("\(name)/\(name)") == "old")
  }
}
