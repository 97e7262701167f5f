import TestSupport
import Testing

/// The power goes while a command runs, or after it: what it had promised is there, what was still on
/// its way is noticed, and the same command then does its work.
@Suite(.enabled(if: FaultShim.hasCompiler, "the record shim needs a C compiler"))
struct PowerCutTests {
  @Test(arguments: PowerCutCase.all) func nothingIsLostOrBelieved(_ subject: PowerCutCase) throws {
    guard PowerCutTrial.onlyCase.map({ $0 == subject.name }) ?? true else { return }
    let trial = try PowerCutTrial(subject)
    var counts: [String: Int] = [:]
    let only = PowerCutTrial.only
    for count in 0...trial.recording.operationCount where !trial.isInUsersStep(count) {
      for (index, rule) in PowerCut.rules(seed: UInt64(count)).enumerated() {
        guard only.map({ $0 == (count, index) }) ?? isChosen(count, index, trial) else { continue }
        let cut = PowerCut(after: count, rule)
        guard try trial.recording.make(cut) else { continue }
        counts[rule.label, default: 0] += 1
        do {
          try trial.check(cut)
        } catch {
          Issue.record("\(cut) [\(count),\(index)]: \(error)")
          if only == nil, !Torture.isFull { break }
        }
      }
    }
    for (label, count) in counts.sorted(by: { $0.key < $1.key }) {
      Torture.note("power: \(subject.name)", label, count)
    }
  }

  /// With torture every moment, with two rules in turn; without, a few, each with another rule.
  private func isChosen(_ count: Int, _ rule: Int, _ trial: PowerCutTrial) -> Bool {
    if Torture.isExhaustive { return true }
    if Torture.isFull { return (count + rule) % 4 == 0 }
    let stride = max(1, trial.recording.operationCount / 5)
    return count % stride == 0 && (count / stride) % 8 == rule
  }
}
