import DverCore
import DverFileSystem
import DverManifest
import DverPipeline
import Glibc

extension Workspace {
  /// A stage with its definition, its lock and its last runs.
  package func describeStage(_ target: String) throws -> StageDescription {
    let pipelines = try Pipelines(try catalog(), root: root)
    let number = try stageNumber(target, in: pipelines.graph)
    let stage = pipelines.graph.stages[number]
    return StageDescription(
      name: stage.address.shown(from: currentFolder), file: displayed(stage.address.file),
      stage: stage.stage, lock: pipelines.locks[number], runs: try runs(of: stage.address))
  }

  /// A run of a stage.
  ///
  /// - Parameter number: 1 for the last one, 2 for the one before it.
  /// - Throws: ``StageRunError``.
  package func log(of target: String, run number: Int) throws -> StageLog {
    let graph = try Pipelines(try catalog(), root: root).graph
    let address = graph.stages[try stageNumber(target, in: graph)].address
    let name = address.shown(from: currentFolder)
    let runs = try runs(of: address)
    guard !runs.isEmpty else { throw StageRunError.neverRan(name) }
    guard runs.indices.contains(number - 1) else {
      throw StageRunError.noRun(stage: name, number: number, count: runs.count)
    }
    return StageLog(stage: name, run: runs[number - 1])
  }

  /// Hands over what a run printed, in order.
  ///
  /// - Parameter lines: How many lines of its end; all where there is no number.
  package func readLog(
    _ log: StageLog, lines: Int? = nil, _ body: ([UInt8]) throws -> Void
  ) throws {
    guard let path = log.run.log else { return }
    guard let lines else { return try RunLogText(path).read(body) }
    for line in try RunLogText(path).lastLines(lines) {
      try body(line + [UInt8(ascii: "\n")])
    }
  }

  /// The one stage that a target names.
  private func stageNumber(_ target: String, in graph: StageGraph) throws -> Int {
    let stages = try graph.select(target, from: currentFolder).stages
    guard let stage = stages.first else { throw StageRunError.noStage(target) }
    guard stages.count == 1 else {
      throw StageRunError.severalStages(
        target, stages.map { graph.stages[$0].address.shown(from: currentFolder) })
    }
    return stage
  }

  /// The process that says that it runs a stage; whoever was killed cannot say that it has ended.
  private func runningProcess(_ file: AbsolutePath) throws -> Int32? {
    guard let holder = RunClaim.holder(at: file) else { return nil }
    if holder.host == nil {
      return kill(holder.process, 0) != 0 && errno == ESRCH ? nil : holder.process
    }
    return try RunClaim.isHeld(file, scratch: temporaryFolder) ? holder.process : nil
  }

  /// The last runs of a stage, the last one first.
  private func runs(of stage: StageAddress) throws -> [StageRun] {
    let file = runsFolder.appending(stage.fileName)
    let logs = try StageLogs(in: logsFolder.appending(stage.fileName))
    let records = try RunRecord.runs(at: file).suffix(StageLogs.keptRunCount)
    let known = Set(records.map(\.started))
    let process = try runningProcess(file)
    let last = records.last?.started ?? 0
    let recorded = records.map { record in
      StageRun(
        started: record.started, record: record, log: logs[record.started], process: nil)
    }
    let others = logs.starts.filter { !known.contains($0) }.map { started in
      StageRun(
        started: started, record: nil, log: logs[started],
        process: started > last ? process : nil)
    }
    return (recorded + others).sorted { $0.started > $1.started }
  }
}

/// The logs of a stage that are kept, by the start of their run.
private struct StageLogs {
  private let folder: AbsolutePath
  /// In no order.
  let starts: [Int64]

  /// Older records are about to go.
  static let keptRunCount = 10

  init(in folder: AbsolutePath) throws {
    self.folder = folder
    starts = (try FileSystem.names(in: folder) ?? []).compactMap { name in
      String(decoding: name, as: UTF8.self).split(separator: ".").first.flatMap { Int64($0) }
    }
  }

  subscript(started: Int64) -> AbsolutePath? {
    starts.contains(started) ? folder.appending("\(started).log") : nil
  }
}

/// Why there is nothing to tell of a stage's runs.
enum StageRunError: DverError {
  case noStage(String)
  case severalStages(String, [String])
  case neverRan(String)
  case noRun(stage: String, number: Int, count: Int)

  var message: String {
    switch self {
    case .noStage(let target): "'\(target)' is not a stage"
    case .severalStages(let target, let stages): "'\(target)' means \(stages.count) stages"
    case .neverRan(let stage): "stage '\(stage)' has not run on this machine"
    case .noRun(let stage, let number, let count):
      "there is no run \(number) of stage '\(stage)': \(count) \(count == 1 ? "is" : "are") kept"
    }
  }

  var hint: String? {
    switch self {
    case .noStage: "run 'dver stage list' to see what there is"
    case .severalStages(_, let stages): "name one, such as \(stages.first ?? "")"
    case .neverRan(let stage): "run it with 'dver repro \(stage)'; restored outputs leave no log"
    case .noRun: "see 'dver stage show' for the runs"
    }
  }
}
