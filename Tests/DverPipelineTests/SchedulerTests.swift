import DverParallel
import DverPipeline
import Synchronization
import TestSupport
import Testing

@Suite struct SchedulerTests {
  /// For each stage some of the earlier ones.
  private func randomEdges(_ count: Int, _ generator: inout SeededGenerator) -> [[Int]] {
    (0..<count).map { stage in
      (0..<stage).filter { _ in Int.random(in: 0..<count, using: &generator) < 3 }
    }
  }

  @Test(arguments: Seeds.standard)
  func startsStagesAfterTheirUpstreamAndNoMoreThanJobs(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let edges = randomEdges(60, &generator)
    let jobs = Int.random(in: 1...5, using: &generator)
    let scheduler = Scheduler(plan: Array(0..<60), awaited: { edges[$0] }, jobs: jobs)
    let state = Mutex((done: Set<Int>(), running: 0, most: 0, early: [Int]()))
    let reports = scheduler.run(cancellation: Cancellation()) { turn, _ in
      let stage = turn.stage
      state.withLock {
        $0.running += 1
        $0.most = max($0.most, $0.running)
        if !Set(edges[stage]).isSubset(of: $0.done) { $0.early.append(stage) }
      }
      state.withLock {
        $0.running -= 1
        $0.done.insert(stage)
      }
      return StageReport(stage: stage, outcome: .ran(.zero))
    }
    #expect(reports.map(\.stage) == Array(0..<60))
    #expect(reports.allSatisfy { $0.outcome.isSuccess })
    state.withLock {
      #expect($0.early == [])
      #expect($0.most <= jobs)
    }
  }

  @Test func runsAsManyStagesAtOnceAsJobsAllow() {
    // Each stage waits for all others to have begun: with fewer threads this would never end.
    let begun = Mutex(0)
    let news = WakeUp()
    let scheduler = Scheduler(plan: Array(0..<4), awaited: { _ in [] }, jobs: 4)
    let reports = scheduler.run(cancellation: Cancellation()) { turn, _ in
      begun.withLock { $0 += 1 }
      news.signal()
      while true {
        let ticket = news.ticket
        if begun.withLock({ $0 }) == 4 { break }
        news.wait(after: ticket)
      }
      return StageReport(stage: turn.stage, outcome: .fresh)
    }
    #expect(reports.count == 4)
  }

  @Test func tellsStagesWhetherOneBeforeThemRan() {
    let told = Mutex([Int: Bool]())
    let scheduler = Scheduler(plan: [4, 7, 9], awaited: { [7: [4], 9: [7]][$0] ?? [] }, jobs: 2)
    _ = scheduler.run(cancellation: Cancellation()) { turn, _ in
      told.withLock { $0[turn.stage] = turn.upstreamRan }
      return StageReport(stage: turn.stage, outcome: turn.stage == 4 ? .ran(.zero) : .fresh)
    }
    #expect(told.withLock { $0 } == [4: false, 7: true, 9: false])
  }

  @Test(arguments: Seeds.standard)
  func skipsWhatIsBelowAFailureWhateverTheThreads(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let edges = randomEdges(50, &generator)
    let bad = Set((0..<50).filter { _ in Int.random(in: 0..<10, using: &generator) == 0 })
    func words(_ jobs: Int) -> [String] {
      let scheduler = Scheduler(
        plan: Array(0..<50), awaited: { edges[$0] }, jobs: jobs, policy: .keepGoing)
      return scheduler.run(cancellation: Cancellation()) { turn, _ in
        let stage = turn.stage
        let failure = StageFailure.runsElsewhere(
          stage: StageAddress(file: path("dver.yaml"), name: "s\(stage)"), holder: nil)
        return StageReport(stage: stage, outcome: bad.contains(stage) ? .failed(failure) : .fresh)
      }.map(\.outcome.word)
    }
    let serial = words(1)
    for stage in 0..<50 {
      let isBelow = edges[stage].contains { serial[$0] != "fresh" }
      #expect(serial[stage].hasPrefix("skipped") == isBelow)
    }
    #expect(words(4) == serial)
  }

  @Test func startsNothingAfterACancellation() {
    let cancellation = Cancellation()
    let scheduler = Scheduler(plan: [0, 1, 2], awaited: { _ in [] }, jobs: 1)
    let reports = scheduler.run(cancellation: cancellation) { turn, _ in
      cancellation.request()
      return StageReport(stage: turn.stage, outcome: .ran(.zero))
    }
    #expect(reports.map(\.outcome.word) == ["ran", "cancelled", "cancelled"])
  }
}
