import TestSupport
import Testing

/// Whatever a failing command does to the folders of its outputs, the old ones come back.
@Suite struct OldOutputTests {
  /// The old outputs, and what is in the folder that links lead to.
  private static let old = ["deep/er/a": "old a\n", "deep/d/x": "old x\n", "top": "old top\n"]
  private static let foreign = ["a": "my a\n", "er/a": "my er\n", "d/x": "my x\n"]

  @Test(arguments: 1...(Torture.isFull ? 200 : 12)) func comeBack(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let repository = try TemporaryRepository()
    let home = repository.outside("home")
    for (path, text) in Self.old { try repository.write(text, to: path) }
    for (path, text) in Self.foreign { try repository.write(text, to: "\(home)/\(path)") }
    let steps = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      Self.step(home, using: &generator)
    }
    let kills = Bool.random(using: &generator)
    let script = steps.joined() + (kills ? "kill -9 $PPID; " : "") + "exit 1"
    let sound = "mkdir -p deep/er deep/d; for o in deep/er/a deep/d/x top; do echo 1 > $o; done"
    try repository.write(
      """
      stages:
        s:
          cmd: 'if test -e sound; then \(sound); else \(script); fi'
          outs: [deep/er/a, deep/d, top]

      """, to: "dver.yaml")
    let run = try repository.dver("repro")
    if kills { try run.requireKilled() } else { try run.requireStatus(3) }
    let status = try repository.dver("status").requireSuccess()
    let told = run.standardError + status.standardError
    let kept = try repository.tree()
    for (path, text) in Self.old where (try? repository.readText(path)) != text {
      // Its folder may be read-only.
      let output = path == "deep/d/x" ? "deep/d" : path
      #expect(told.contains("\(output) is in "), "\(path), \(script)")
      #expect(kept.contains { $0.kind == .file(Array(text.utf8)) }, "\(path), \(script)")
    }
    try repository.shell("chmod -R u+w deep").requireSuccess()
    try repository.dver("status").requireSuccess()
    for (path, text) in Self.old {
      #expect((try? repository.readText(path)) == text, "\(path), \(script)")
    }
    for (path, text) in Self.foreign {
      #expect((try? repository.readText("\(home)/\(path)")) == text, "\(path), \(script)")
    }
    try repository.write("", to: "sound")
    try repository.dver("repro").requireSuccess()
    for (path, text) in Self.foreign {
      #expect((try? repository.readText("\(home)/\(path)")) == text, "\(path), \(script)")
    }
  }

  /// A command that replaces a folder or an output; it works itself behind no link.
  private static func step(_ home: String, using generator: inout SeededGenerator) -> String {
    let path = ["deep", "deep/er", "deep/d", "top"].randomElement(using: &generator) ?? "deep"
    let clear = "if test -L deep; then rm deep; mkdir deep; fi; rm -rf \(path); "
    let makes = [
      "", "echo new > \(path); ", "mkfifo \(path); ", "ln -s \(home) \(path); ",
      "ln -s gone \(path); ", "mkdir \(path) && echo new > \(path)/a; ", "chmod 500 deep; ",
    ]
    return clear + (makes.randomElement(using: &generator) ?? "")
  }
}
