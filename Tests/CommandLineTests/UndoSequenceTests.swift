import TestSupport
import Testing

/// Random sequences of commands and edits, all taken back step by step.
@Suite struct UndoSequenceTests {
  /// What happened in one step.
  private enum Step {
    /// So many operations.
    case commands(Int)
    /// The user changed a path, which held this before.
    case edit(String, [TreeEntry])
  }

  /// Files and index; without git's and dver's private ones.
  private struct Snapshot: Equatable, CustomStringConvertible {
    let tree: [TreeEntry]
    let index: [String]

    init(_ repository: TemporaryRepository) throws {
      tree = try repository.tree(ignoring: [".git", "cache", "tmp", "state"])
        .filter { $0.kind != .directory }
      index = try repository.git("ls-files", "--stage").requireSuccess().lines
    }

    var description: String { (tree.map(\.description) + index).joined(separator: "\n") }
  }

  private func operationCount(_ repository: TemporaryRepository) throws -> Int {
    try repository.dver("op", "log").requireSuccess().lines.count
  }

  @Test(arguments: Seeds.standard)
  func everythingComesBackStepByStep(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s:\n    cmd: cat in > out\n    deps: [in]\n    outs: [out]\n", to: "dver.yaml")
    try repository.write("0\n", to: "in")
    try repository.commitAll()
    var history: [(before: Snapshot, step: Step)] = []
    for number in 0..<16 {
      let before = try Snapshot(repository)
      let count = try operationCount(repository)
      if generator.next() % 3 == 0 {
        let step = try edit(repository, number, &generator)
        history.append((before, step))
        continue
      }
      let command = Self.commands(number).randomElement(using: &generator) ?? []
      let result = try repository.dverCommand(command).run()
      try result.requireAnswer()
      history.append((before, .commands(try operationCount(repository) - count)))
    }
    for (before, step) in history.reversed() {
      switch step {
      case .edit(let path, let entries): try restore(repository, path, entries)
      case .commands(let count):
        for _ in 0..<count { try repository.dver("undo").requireSuccess() }
      }
      let now = try Snapshot(repository)
      guard now == before else {
        throw SupportError("seed \(seed): after \(step)\n\(now)\n--- expected\n\(before)")
      }
    }
  }

  private static func commands(_ number: Int) -> [[String]] {
    [
      ["add", "d"], ["add", "f"], ["add", "d/x"], ["commit", "-f"], ["checkout"],
      ["checkout", "-f"], ["remove", "d.dver"], ["remove", "--outs", "d"],
      ["remove", "--outs", "f"], ["move", "d", "e\(number)"], ["move", "f", "g\(number)"],
      ["repro"], ["repro", "-f"], ["config", "core.lock_timeout", "\(number + 1)"],
      ["config", "--local", "core.shell", "/bin/sh"], ["add", "-o", "d", "in"],
      ["add", "-f", "-o", "f", "in"],
    ]
  }

  private func edit(
    _ repository: TemporaryRepository, _ number: Int, _ generator: inout SeededGenerator
  ) throws -> Step {
    let path = ["d", "d", "f", "in", "out"].randomElement(using: &generator) ?? "d"
    let before =
      try repository.exists(path) ? [repository.entry(path)] + below(repository, path) : []
    if before.isEmpty || generator.next() % 3 > 0 {
      let isFolder = before.first?.kind == .directory || before.isEmpty && path == "d"
      let name = isFolder ? path + ["/x", "/y", "/z/w"][number % 3] : path
      // A link of the cache would be written through.
      if repository.exists(name) { try repository.remove(name) }
      try repository.write("\(number) \(path)\n", to: name)
    } else {
      try repository.remove(path)
    }
    return .edit(path, before)
  }

  private func below(_ repository: TemporaryRepository, _ path: String) throws -> [TreeEntry] {
    guard try repository.entry(path).kind == .directory else { return [] }
    return try repository.tree(path)
  }

  private func restore(
    _ repository: TemporaryRepository, _ path: String, _ entries: [TreeEntry]
  ) throws {
    if repository.exists(path) { try repository.remove(path) }
    for (index, entry) in entries.enumerated() {
      let name = index == 0 ? path : path + "/" + String(decoding: entry.path, as: UTF8.self)
      switch entry.kind {
      case .file(let bytes):
        try repository.write(bytes, to: name)
        try repository.chmod(entry.mode, name)
      case .directory: try repository.makeDirectory(name)
      case .symbolicLink(let target):
        try repository.symlink(String(decoding: target, as: UTF8.self), at: name)
      case .other: break
      }
    }
  }
}
