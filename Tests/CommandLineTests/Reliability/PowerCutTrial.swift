import Glibc
import TestSupport

/// A case that ran and was recorded, and what must hold after each power cut in it.
struct PowerCutTrial {
  let recording: PowerCutRecording
  private let subject: PowerCutCase
  private let repository: TemporaryRepository
  /// Every byte string that the user had before.
  private let contents: Set<[UInt8]>
  /// The files that each step promised.
  private let promised: [[TreeEntry]]
  /// The workspace when all was done.
  private let outcome: [TreeEntry]

  /// A single cut to look into: `DVER_CUT=COUNT,RULE`.
  static let only: (Int, Int)? = {
    guard let text = unsafe getenv("DVER_CUT") else { return nil }
    let numbers = unsafe String(cString: text).split(separator: ",").compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }()

  /// A single case to look into, by its name: `DVER_CUT_CASE`.
  static let onlyCase: String? = unsafe getenv("DVER_CUT_CASE").map { unsafe String(cString: $0) }

  init(_ subject: PowerCutCase) throws {
    self.subject = subject
    let repository = try subject.prepare()
    self.repository = repository
    contents = try Self.contents(of: repository, withObjects: !subject.dropsObjects)
    recording = try PowerCutRecording(repository)
    var promised: [[TreeEntry]] = []
    for step in subject.steps {
      try recording.run(Self.command(step, repository), isDurable: step.isUsers)
      let tree = step.promises.isEmpty ? [] : try repository.tree()
      promised.append(
        tree.filter { entry in
          step.promises.contains { entry.path.starts(with: "\($0)/".utf8) }
        })
    }
    try recording.requireFaithful()
    self.promised = promised
    outcome = try Self.visible(repository)
  }

  /// Whether a cut then would hit a program that is not under test.
  func isInUsersStep(_ operationCount: Int) -> Bool {
    let starts = [0] + recording.ends.dropLast()
    return zip(subject.steps, zip(starts, recording.ends)).contains { step, range in
      step.isUsers && operationCount > range.0 && operationCount < range.1
    }
  }

  private static func command(
    _ step: PowerCutCase.Step, _ repository: TemporaryRepository
  ) throws -> Command {
    if step.isUsers {
      return Command(
        "/bin/sh", ["-ec", step.arguments[0]], environment: repository.environment,
        directory: repository.path)
    }
    return try repository.dverCommand(step.arguments)
  }

  private static func visible(_ repository: TemporaryRepository) throws -> [TreeEntry] {
    try repository.tree(ignoring: [".git", ".dver", "shared"])
  }

  private static func contents(
    of repository: TemporaryRepository, withObjects: Bool
  ) throws -> Set<[UInt8]> {
    var entries = try visible(repository)
    if withObjects, repository.exists(".dver/cache/objects") {
      entries += try repository.tree(".dver/cache/objects")
    }
    return Set(
      entries.compactMap { entry in
        let name = String(decoding: entry.path, as: UTF8.self)
        let isDvers =
          name.hasSuffix(".dver") || name.hasSuffix("dver.lock") || name.hasSuffix("ignore")
        if case .file(let bytes) = entry.kind, !isDvers { return bytes }
        return nil
      })
  }

  // MARK: After a cut

  /// Looks at what the cut left, and goes on.
  func check(_ cut: PowerCut) throws {
    let done = recording.ends.count { $0 <= cut.operationCount }
    try requirePromises(done)
    if done == 0 || !subject.steps[..<done].contains(where: \.isUsers) {
      try requireNothingLost("after the cut")
    }
    try requireHonestStatus()
    // Half of the trials go on without a look that repairs.
    if cut.operationCount % 2 == 0, repository.exists(".dver/cache") {
      try requireAnswer(dver("verify"))
    }
    let hasStartedAgain = try goOn(from: done)
    // Then what the user had changed meanwhile is what was added.
    try requireFinished(withOutcome: !(hasStartedAgain && subject.steps.contains(where: \.isUsers)))
  }

  /// Nothing is damaged but packs of which all that anybody needs is whole, and what the user had
  /// replaced before a barrier came.
  private func requireSound() throws {
    let first = try dver("verify")
    let excuses =
      ["\ttable, mended"] + (subject.steps.contains(where: \.isUsers) ? ["\tno tracked path"] : [])
    let isExcused = first.lines.allSatisfy { line in excuses.contains { line.hasSuffix($0) } }
    if first.status == .exited(4), isExcused {
      try dver("verify").requireSuccess()
    } else {
      try first.requireSuccess()
    }
  }

  private func dver(_ arguments: String...) throws -> CommandResult {
    try run(repository.dverCommand(arguments))
  }

  private func run(_ command: Command) throws -> CommandResult {
    let result = try recording.restarted(command).run()
    // Whoever looks into a single cut wants to see what was made of it.
    if Self.only != nil { print(result.transcript) }
    return result
  }

  /// Ended by itself, with one of the documented statuses.
  private func requireAnswer(_ result: CommandResult) throws {
    guard case .exited(0...5) = result.status else {
      throw SupportError("ended with \(result.status)\n\(result.transcript)")
    }
  }

  private func requirePromises(_ done: Int) throws {
    for entry in promised[..<done].joined() {
      guard repository.exists(entry.path), try repository.entry(entry.path) == entry else {
        throw SupportError("promised, but not there: \(entry)")
      }
    }
  }

  private func requireNothingLost(_ when: String) throws {
    var present: Set<[UInt8]> = []
    for entry in try repository.tree() {
      if case .file(let bytes) = entry.kind { present.insert(bytes) }
    }
    for bytes in contents where !present.contains(bytes) {
      throw SupportError("lost \(when): \(String(decoding: bytes.prefix(40), as: UTF8.self))")
    }
  }

  /// What the indexes make dver believe is what it finds without them.
  private func requireHonestStatus() throws {
    guard repository.exists(".dver/config") || repository.exists(".dver/.gitignore") else { return }
    let believed = try dver("status", "--json")
    try requireAnswer(believed)
    guard repository.exists(".dver/tmp") else { return }
    try repository.move(".dver/tmp", to: "../outside/tmp")
    let found = try dver("status", "--json")
    if repository.exists(".dver/tmp") { try repository.remove(".dver/tmp") }
    try repository.move("../outside/tmp", to: ".dver/tmp")
    guard believed.standardOutput == found.standardOutput else {
      throw SupportError(
        "status believes \(believed.standardOutput) and finds \(found.standardOutput)")
    }
  }

  /// Runs what was interrupted again, and what comes after it.
  ///
  /// Where objects of an `add` that no barrier followed were lost, the command that misses them says
  /// so, and the data is added again.
  ///
  /// - Returns: Whether it was.
  private func goOn(from done: Int) throws -> Bool {
    let first = min(done, subject.steps.count - 1)
    for step in subject.steps[first...] {
      let result = try run(step)
      let isRefused =
        step.arguments.first == "remove" && result.standardError.contains("not in the cache")
      if result.status == .exited(4) || isRefused { return try startAgain() }
      try requireDone(result, step)
    }
    let isLacking = try dver("status", "--json").standardOutput.contains("not in cache")
    return try isLacking && startAgain()
  }

  private func startAgain() throws -> Bool {
    for step in subject.steps where !step.isUsers { try requireDone(run(step), step) }
    return true
  }

  private func run(_ step: PowerCutCase.Step) throws -> CommandResult {
    let result = try run(Self.command(step, repository))
    guard step.arguments.first == "checkout" || step.arguments == ["pull"],
      result.standardError.contains("changes that are not in the cache")
    else { return result }
    // The file was cut short; that cannot be told from the work of the user.
    return try run(repository.dverCommand(step.arguments + ["-f"]))
  }

  /// Some commands refuse to do what they have done.
  private func requireDone(_ result: CommandResult, _ step: PowerCutCase.Step) throws {
    let refusals = ["already", "neither a tracked path", "nothing to commit"]
    let output = result.standardError + result.standardOutput
    if refusals.contains(where: { output.contains($0) }) { return }
    try result.requireSuccess()
  }

  private func wasThere(_ entry: TreeEntry) -> Bool {
    if case .file(let bytes) = entry.kind { return contents.contains(bytes) }
    return true
  }

  private func requireFinished(withOutcome comparesOutcome: Bool) throws {
    let present = try Self.visible(repository)
    let less = outcome.filter { !present.contains($0) }
    let more = present.filter { !outcome.contains($0) && !(subject.mayComeBack && wasThere($0)) }
    guard less.isEmpty && more.isEmpty || !comparesOutcome else {
      throw SupportError(
        "finished with \(more), not with \(less)\n\(try dver("status").transcript)")
    }
    let status = try dver("status", "--json").requireSuccess()
    if subject.name != "resolve", subject.name != "fetch" {
      guard status.standardOutput == "{}\n" else { throw SupportError(status.standardOutput) }
    }
    if repository.exists(".dver/cache") { try requireSound() }
    try recording.restarted(
      Command(
        "git", ["fsck", "--strict"], environment: repository.environment,
        directory: repository.path)
    ).run().requireSuccess()
    try recording.restarted(
      Command(
        "git", ["status", "--porcelain"], environment: repository.environment,
        directory: repository.path)
    ).run().requireSuccess()
    try repository.requireTrueNames()
  }
}

extension PowerCut.Rule {
  /// Without the seed.
  var label: String {
    let text = "\(self)"
    return String(text.prefix { $0 != "(" })
  }
}
