import TestSupport
import Testing

/// Each command is killed at every file operation that changes the disk, or that operation fails:
/// nothing may be lost, and the same command must then do its work.
@Suite(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
struct FaultTests {
  /// A command that writes, and where.
  enum Case: String, CaseIterable, Sendable {
    case create, add, addAgain, commit, checkout, force, repro, resolve, undo, undoLast, push
    case fetch, pull, unprotect, configure, install
    case gc, gcPacks, emptyTrash, repack, repair, migrate

    var arguments: [String] {
      switch self {
      case .create: ["init"]
      case .add, .addAgain: ["add", "data", "single.csv"]
      case .commit: ["commit", "-f"]
      case .force: ["checkout", "-f"]
      case .resolve: ["resolve", "--theirs"]
      case .undo: ["undo", "--to", "2"]
      case .undoLast: ["undo"]
      case .configure: ["config", "cache.type", "copy"]
      case .unprotect: ["unprotect", "data", "single.csv"]
      case .gc, .gcPacks: ["gc", "-w", "-f"]
      case .emptyTrash: ["gc", "--empty-trash", "-f"]
      case .repack: ["gc", "--repack"]
      case .checkout, .repro, .push, .fetch, .pull, .install, .repair, .migrate:
        [rawValue]
      }
    }

    /// These begin with several commands and consist of what others do.
    var stride: Int {
      [.force, .resolve, .undo, .undoLast, .gcPacks, .repack, .migrate].contains(self) ? 3 : 1
    }

    func prepare() throws -> TemporaryRepository {
      switch self {
      case .create: try SmallCase.empty()
      case .add: try SmallCase.withData()
      case .addAgain, .commit: try SmallCase.changed()
      case .checkout: try SmallCase.outOfDate()
      case .force: try SmallCase.changed()
      case .resolve: try SmallCase.conflicting()
      case .undo, .undoLast: try SmallCase.removed()
      case .repro: try SmallCase.pipeline()
      case .push: try SmallCase.withRemote()
      case .fetch, .pull: try SmallCase.withoutData()
      case .unprotect: try SmallCase.linked()
      case .configure, .install: try SmallCase.withRemote()
      case .gc: try SmallCase.twoVersions()
      case .gcPacks, .repack: try SmallCase.packed()
      case .emptyTrash: try SmallCase.withTrash()
      case .repair: try SmallCase.damaged()
      case .migrate: try SmallCase.ofDVC()
      }
    }
  }

  /// A case, what becomes of an operation, and how many operations are passed over.
  struct Trial: Sendable, CustomTestStringConvertible {
    let subject: Case
    let action: FaultAction
    let stride: Int
    /// The first operation.
    var start = 0

    var testDescription: String { "\(subject.rawValue) \(action.rawValue)" }
  }

  /// Every operation for a kill and for one error; others in strides, for they take the same ways. With
  /// torture each operation meets one of the others too.
  static let trials = Case.allCases.flatMap { subject in
    let others: [(FaultAction, Int)] = [
      (.killAfter, 13), (.noSpace, 11), (.diskFull, 13), (.accessDenied, 17), (.tooManyFiles, 19),
      (.shortWrite, 7),
    ]
    let always = [FaultAction.kill, .inputOutputError].map {
      Trial(subject: subject, action: $0, stride: Torture.isFull ? 1 : subject.stride)
    }
    return always
      + others.enumerated().map { number, other in
        guard Torture.isFull else {
          return Trial(subject: subject, action: other.0, stride: other.1 * subject.stride)
        }
        let stride = Torture.isExhaustive ? 1 : others.count
        return Trial(subject: subject, action: other.0, stride: stride, start: number % stride)
      }
  }

  @Test(arguments: trials) func nothingIsLostAndTheNextRunFinishes(_ trial: Trial) throws {
    var before: Soundness?
    try forEachFault(
      actions: [trial.action], stride: trial.stride, start: trial.start,
      prepare: {
        let repository = try trial.subject.prepare()
        before = try Soundness(before: repository)
        return repository
      },
      command: { try $0.dverCommand(trial.subject.arguments) },
      check: { repository, result, fault in
        let sound = try #require(before)
        // Where the number of operations differs from run to run, the last ones may not come.
        if !fault.action.kills || result.status == .exited(0) {
          try result.requireAnswer()
        } else {
          try result.requireKilled()
        }
        try sound.requireNothingLost()
        try rerun(trial.subject, repository)
        try sound.requireTidy()
      })
  }

  private func rerun(_ subject: Case, _ repository: TemporaryRepository) throws {
    let again = try repository.dverCommand(subject.arguments).run()
    if subject == .create, again.standardError.contains("already") {
      // It was done but for its last word.
    } else {
      try again.requireSuccess()
    }
    // Whatever the second one took back, the first one was not lost on the way.
    if subject == .undoLast { #expect(try repository.readText("data/a") == "changed\n") }
    // Merging pointers leaves the data as it is.
    if subject == .resolve { try repository.dver("checkout", "-q").requireSuccess() }
    if subject != .fetch { try repository.requireClean() }
    if [.gc, .gcPacks, .emptyTrash, .repack, .repair].contains(subject) {
      try repository.dver("verify", "-q").requireSuccess()
    }
  }

  @Test(arguments: Case.allCases) func readsMayFail(_ subject: Case) throws {
    var before: Soundness?
    try forEachFault(
      actions: [.inputOutputError], mode: .read, stride: Torture.isFull ? 1 : 9,
      prepare: {
        let repository = try subject.prepare()
        before = try Soundness(before: repository)
        return repository
      },
      command: { try $0.dverCommand(subject.arguments) },
      check: { repository, result, _ in
        // What `repair` could not read it lists as lost.
        if subject != .repair || result.status != .exited(4) { try result.requireAnswer() }
        try #require(before).requireNothingLost()
        try rerun(subject, repository)
      })
  }
}
