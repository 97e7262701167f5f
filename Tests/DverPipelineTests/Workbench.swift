import DverCore
import DverFileSystem
import DverManifest
import DverParallel
import DverPipeline
import Synchronization
import Glibc
import TestSupport
import Testing

/// A temporary workspace in which pipelines run for real.
final class Workbench: Sendable {
  private let directory: TemporaryDirectory
  let root: AbsolutePath
  let storage: MemoryStorage
  let layout: AsideLayout
  let cancellation = Cancellation()
  private let printed: Mutex<[UInt8]> = Mutex([])
  private let warnings: Mutex<[String]> = Mutex([])

  init() throws {
    directory = try TemporaryDirectory()
    root = AbsolutePath(normalized: Array(directory.path.utf8))
    storage = MemoryStorage(root: root)
    layout = AsideLayout(
      root: root, aside: root.appending(".dver/state/aside"),
      failed: root.appending(".dver/tmp/failed"))
    try FileSystem.makeDirectory(root.appending(".dver"))
  }

  var output: String { String(decoding: printed.withLock(\.self), as: UTF8.self) }
  var warningTexts: [String] { warnings.withLock(\.self) }
  func recordPath(_ stage: String) -> AbsolutePath {
    root.appending(".dver/state/runs").appending(stage)
  }

  func write(_ text: String, to path: String) throws {
    let target = root.appending(path)
    try FileSystem.makeDirectories(target.parent)
    try FileSystem.replaceContents(of: target, with: Array(text.utf8))
  }

  func makeFifo(_ path: String) throws {
    let status = unsafe root.appending(path).withCString { unsafe mkfifo($0, 0o600) }
    try #require(status == 0)
  }

  func read(_ path: String) throws -> String? {
    try FileSystem.contents(of: root.appending(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  func runner(
    _ graph: StageGraph, options: StageRunner.Options = .init(),
    watch: @escaping @Sendable (StageEvent) -> Void = { _ in }
  ) -> StageRunner {
    var settings = StageRunner.Settings(
      shell: Shell(path: "/bin/sh"), environment: [Array("PATH=/usr/bin:/bin".utf8)],
      logs: root.appending(".dver/state/logs"), records: root.appending(".dver/state/runs"))
    settings.grace = .milliseconds(10)
    let finished = storage.state.withLock(\.finished)
    return StageRunner(
      graph: graph, locks: graph.stages.map { finished[$0.address] }, storage: storage,
      aside: AsideArea(layout), settings: settings, options: options, cancellation: cancellation,
      events: { [self] event in
        switch event {
        case .output(_, let line): printed.withLock { $0 += line }
        case .warning(_, let text): warnings.withLock { $0.append(text) }
        case .retrying(_, let attempt, let count, _, _):
          warnings.withLock { $0.append("attempt \(attempt) of \(count)") }
        case .started, .command, .waiting, .finished: break
        }
        watch(event)
      })
  }

  /// Runs all stages, with the locks of earlier calls.
  @discardableResult
  func repro(
    _ stages: [Stage], jobs: Int = 1, policy: Scheduler.FailurePolicy = .stop,
    force: PipelineRun.Force = .none, options: StageRunner.Options = .init(),
    watch: @escaping @Sendable (StageEvent) -> Void = { _ in }
  ) throws -> [String] {
    let graph = try graph(stages, root: root)
    var run = PipelineRun(
      runner: runner(graph, options: options, watch: watch), plan: graph.order, jobs: jobs,
      policy: policy, force: force)
    run.capacity = { Capacity(cpus: 2, memory: ByteCount(1 << 30), gpus: 1) }
    return try run.execute().map { "\(graph.stages[$0.stage].address): \($0.outcome.word)" }
  }
}

extension StageOutcome {
  /// The outcome without what differs from run to run.
  var word: String {
    switch self {
    case .fresh: "fresh"
    case .restored: "restored"
    case .ran: "ran"
    case .failed(let failure): failure.message
    case .skipped(let cause): "skipped because of \(cause)"
    case .cancelled: "cancelled"
    }
  }
}
