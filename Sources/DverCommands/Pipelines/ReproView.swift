import DverCore
import DverParallel
import DverPipeline
import DverWorkspace
import Synchronization

/// Shows stages at work and what became of them.
final class ReproView: Sendable {
  private let console: Console
  /// Whether each line of output says which stage it is from.
  private let prefixesLines: Bool
  /// Shows stages at work in place of what they print.
  private let live: LiveStages?

  init(console: Console, prefixesLines: Bool) {
    self.console = console
    self.prefixesLines = prefixesLines
    live = prefixesLines && console.drawsLines ? LiveStages(console: console) : nil
  }

  /// Takes news from any thread.
  func show(_ event: ReproEvent) {
    guard !console.printsJSON else { return }
    switch event {
    case .verifying(let pointer):
      console.status("Recording changed data of '\(pointer)'")
    case .started(let stage, let command, let reasons):
      live?.begin(stage)
      if console.isQuiet || (live != nil && !console.isVerbose) { return }
      let why = console.isVerbose ? " (\(reasons.map(\.description).joined(separator: "; ")))" : ""
      let lines =
        ["Running stage '\(stage)':\(why)"] + [command].compactMap(\.self).map { "> \($0)" }
      console.print(lines.joined(separator: "\n"))
    case .command(let stage, let command):
      if console.isQuiet || (live != nil && !console.isVerbose) { return }
      console.print(prefixesLines ? "[\(stage)] > \(command)" : "> \(command)")
    case .waiting(let stage, let holder):
      console.status("Waiting for \(holder), which runs stage '\(stage)'")
    case .retrying(let stage, let attempt, let count, let ending, let delay):
      let pause = delay > .zero ? " in \(DurationText.short(delay))" : ""
      console.status(
        "Stage '\(stage)' failed (\(ending.text)), attempt \(attempt) of \(count) begins\(pause)")
    case .output(let stage, let line):
      live?.output(line, of: stage)
      if live == nil || console.isVerbose { show(Array(line), of: stage) }
    case .finished(let report):
      live?.end(report.stage)
      show(report)
    case .warning(let stage, let text):
      console.warning("stage '\(stage)': \(text)")
    }
    // Of thousands of stages that are up to date nobody waits for each line.
    if case .finished(let report) = event, case .fresh = report.outcome { return }
    console.flush()
  }

  private func show(_ line: [UInt8], of stage: String) {
    guard prefixesLines else { return console.write(line) }
    var text = Array("[\(stage)] ".utf8)
    text += line
    if line.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    console.write(text)
  }

  private func show(_ report: ReproReport) {
    guard !console.isQuiet else { return }
    switch report.outcome {
    case .fresh: console.print("Stage '\(report.stage)' didn't change, skipping")
    case .restored: console.print("Stage '\(report.stage)' is cached, outputs restored")
    case .ran(let duration):
      if console.isVerbose || live != nil {
        console.print("Stage '\(report.stage)' took \(DurationText.short(duration))")
      }
    case .failed(let failure):
      if live != nil { console.status(failure.message) }
    case .skipped, .cancelled: break
    }
  }

  /// Runs `body`, and takes away what shows stages at work, however that ends.
  func following<Result>(_ body: () throws -> Result) rethrows -> Result {
    defer { live?.stop() }
    return try body()
  }

  /// Prints the end of it.
  ///
  /// - Throws: ``StageFailures`` or ``Interrupted`` where not all stages are done.
  func finish(_ reports: [ReproReport]) throws {
    let failures = reports.compactMap { report -> StageFailures.Failure? in
      guard case .failed(let failure) = report.outcome else { return nil }
      return StageFailures.Failure(stage: report.stage, cause: failure)
    }
    let skipped = reports.compactMap { report -> (stage: String, culprit: String)? in
      if case .skipped = report.outcome {
        (report.stage, report.culprit ?? "another stage")
      } else {
        nil
      }
    }
    if !console.printsJSON { for report in reports { showLastLines(of: report) } }
    if !failures.isEmpty {
      throw StageFailures(
        failures: failures, skipped: skipped, document: Self.document(reports))
    }
    if reports.contains(where: { if case .cancelled = $0.outcome { true } else { false } }) {
      throw Interrupted()
    }
    if console.printsJSON {
      console.print(json: Self.document(reports))
    } else if reports.allSatisfy({ if case .fresh = $0.outcome { true } else { false } }) {
      console.status("Data and pipelines are up to date.")
    }
  }

  private func showLastLines(of report: ReproReport) {
    guard !report.lastLines.isEmpty else { return }
    console.flush()
    console.tell(Console.printable("Stage '\(report.stage)' printed last:"))
    for line in report.lastLines {
      let plain = TerminalText.plain(line[...])
      if !plain.isEmpty { console.tell("  \(plain)") }
    }
  }

  private static func document(_ reports: [ReproReport]) -> JSONValue {
    let stages = reports.map { report -> JSONValue in
      let outcome =
        switch report.outcome {
        case .fresh: "fresh"
        case .restored: "restored"
        case .ran: "ran"
        case .failed: "failed"
        case .skipped: "skipped"
        case .cancelled: "cancelled"
        }
      var members: [(key: String, value: JSONValue)] = [
        ("stage", .string(report.stage)), ("outcome", .string(outcome)),
        ("why", .array(report.reasons.map { .string($0.description) })),
      ]
      switch report.outcome {
      case .ran(let duration):
        members.append(("duration", .double(StageRunText.seconds(duration))))
      case .failed(let failure):
        members.append(("error", .string(failure.message)))
        let lines = report.lastLines.map { TerminalText.plain($0[...]) }.filter { !$0.isEmpty }
        members.append(("last_lines", .array(lines.map { .string($0) })))
      case .skipped:
        members.append(("culprit", report.culprit.map { .string($0) } ?? .null))
      case .fresh, .restored, .cancelled: break
      }
      return .object(members)
    }
    return ["stages": .array(stages)]
  }
}

/// Stages that failed, and what was not run because of them.
struct StageFailures: DetailedError {
  struct Failure {
    /// As the user would type it.
    let stage: String
    let cause: StageFailure

    var message: String {
      cause.message.replacing(
        "stage '\(cause.stage)'", with: "stage '\(stage)'", maxReplacements: 1)
    }
  }

  let failures: [Failure]
  let skipped: [(stage: String, culprit: String)]
  /// What became of each stage.
  let document: JSONValue

  var details: [(key: String, value: JSONValue)] {
    if case .object(let members) = document { members } else { [] }
  }

  var message: String {
    var lines = failures.map(\.message)
    lines += skipped.map { "stage '\($0.stage)' was skipped because of '\($0.culprit)'" }
    return lines.joined(separator: "\n")
  }

  var hint: String? { failures.first?.cause.hint }

  var exitStatus: ExitStatus {
    let statuses = Set(failures.map(\.cause.exitStatus))
    return statuses.count == 1 ? statuses.first ?? .stageFailed : .stageFailed
  }
}

/// What `repro --dry` prints.
struct ReproForecastReport {
  private let forecast: [ReproForecast]

  init(_ forecast: [ReproForecast]) { self.forecast = forecast }

  func print(on console: Console) {
    if console.printsJSON { return console.print(json: document) }
    for stage in forecast {
      if let failure = stage.failure {
        console.print("Stage '\(stage.stage)' would fail: \(failure.cause)")
      } else {
        show(stage, on: console)
      }
      for reason in stage.reasons { console.print("\twhy: \(reason)") }
    }
  }

  private func show(_ stage: ReproForecast, on console: Console) {
    switch stage.verdict {
    case .fresh: console.print("Stage '\(stage.stage)' didn't change, skipping")
    case .restorable: console.print("Stage '\(stage.stage)' is cached, outputs would be restored")
    case .stale:
      console.print("Running stage '\(stage.stage)':")
      for command in stage.shellCommands { console.print("> \(command)") }
    }
  }

  private var document: JSONValue {
    let stages = forecast.map { stage -> JSONValue in
      let verdict =
        switch stage.verdict {
        case .stale where stage.failure != nil: "fail"
        case .fresh: "fresh"
        case .restorable: "restore"
        case .stale: "run"
        }
      return [
        "stage": .string(stage.stage), "verdict": .string(verdict),
        "cmd": .array(stage.commands.map { .string($0) }),
        "why": .array(stage.reasons.map { .string($0.description) }),
      ]
    }
    return ["stages": .array(stages)]
  }
}
