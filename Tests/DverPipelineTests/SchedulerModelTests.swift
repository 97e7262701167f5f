import DverCore
import DverManifest
import TestSupport
import Testing

@testable import DverPipeline

/// Holds the scheduler's state against a slow model that looks at everything each time.
@Suite struct SchedulerModelTests {
  @Test(arguments: Seeds.standard)
  func startsAndAdmitsWhatTheModelDoes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 { compare(&generator) }
  }

  private func compare(_ generator: inout SeededGenerator) {
    var model = SchedulerModel(&generator)
    var state = SchedulerState(
      plan: Array(model.stages.indices), awaited: model.awaited, jobs: model.jobs,
      policy: .keepGoing, durations: model.durations,
      resources: ResourcePlan(model.stages) { model.capacity })
    while !model.isDone {
      // A stage looks around for a while before it asks whether it may run.
      switch Int.random(in: 0..<3, using: &generator) {
      case 0:
        let expected = model.nextStart()
        guard case .start(let place, _, _) = state.next() else {
          #expect(expected == nil)
          break
        }
        #expect(place == expected)
        guard let expected else { return }
        model.start(expected)
      case 1:
        guard let place = model.looking.randomElement(using: &generator) else { break }
        let mayRun = model.admit(place)
        #expect(state.admit(place) == mayRun)
        if !mayRun { _ = state.postpone(place) }
        model.check()
      default:
        guard let ending = model.running.randomElement(using: &generator) else { break }
        model.end(ending)
        _ = state.finish(ending, StageReport(stage: ending, outcome: .fresh))
      }
    }
    guard case .done = state.next() else {
      Issue.record("the scheduler has more to do")
      return
    }
  }
}

/// What the scheduler should do, computed anew for each question.
private struct SchedulerModel {
  var stages: [Stage] = []
  var awaited: [[Int]] = []
  var durations: [Duration?] = []
  let jobs: Int
  let capacity: Capacity
  private var unseen: Set<Int>
  private var postponed: Set<Int> = []
  /// Have a job, but no resources yet.
  private(set) var looking: [Int] = []
  private(set) var running: [Int] = []
  private var done: Set<Int> = []

  private static let licences: Int64 = 3

  init(_ generator: inout SeededGenerator) {
    let count = Int.random(in: 1...25, using: &generator)
    let edges = Int.random(in: 0...3, using: &generator)
    jobs = Int.random(in: 1...6, using: &generator)
    capacity = Capacity(
      cpus: Double(Int.random(in: 1...6, using: &generator)), memory: ByteCount(100), gpus: 2,
      others: { $0 == "licence" ? SchedulerModel.licences : nil })
    unseen = Set(0..<count)
    for place in 0..<count {
      var stage = Stage(name: "s\(place)")
      func chance(_ generator: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<3, using: &generator) == 0
      }
      if chance(&generator) {
        stage.resources.cpus = Double(Int.random(in: 1...8, using: &generator)) / 2
      }
      if chance(&generator) {
        stage.resources.memory = ByteCount(Int.random(in: 0...100, using: &generator))
      }
      if chance(&generator) {
        stage.resources.gpus = Int64.random(in: 0...2, using: &generator)
      }
      if chance(&generator) {
        let count = Int64.random(in: 1...Self.licences, using: &generator)
        stage.resources.others = [StageResources.Other(name: "licence", count: count)]
      }
      if chance(&generator) { stage.mutexes = ["m\(Int.random(in: 0...1, using: &generator))"] }
      stages.append(stage)
      awaited.append(
        (0..<place).filter { _ in Int.random(in: 0..<count, using: &generator) < edges })
      let isKnown = Bool.random(using: &generator)
      durations.append(isKnown ? .seconds(Int.random(in: 1...4, using: &generator)) : nil)
    }
  }

  var isDone: Bool { done.count == stages.count }

  func nextStart() -> Int? {
    guard running.count + looking.count < jobs else { return nil }
    let ready = unseen.filter { Set(awaited[$0]).isSubset(of: done) }
    return ready.union(postponed.filter { fits($0) }).min { precedes($0, $1) }
  }

  mutating func start(_ place: Int) {
    if postponed.remove(place) != nil {
      running.append(place)
    } else {
      unseen.remove(place)
      looking.append(place)
    }
  }

  mutating func admit(_ place: Int) -> Bool {
    looking.removeAll { $0 == place }
    let others = postponed.filter { fits($0) && precedes($0, place) }
    let mayRun = fits(place) && (others.isEmpty || needs(place).isEmpty)
    if mayRun { running.append(place) } else { postponed.insert(place) }
    return mayRun
  }

  mutating func end(_ place: Int) {
    running.removeAll { $0 == place }
    done.insert(place)
  }

  func check() {
    #expect(running.count + looking.count <= jobs)
    for (resource, limit) in limits {
      #expect(running.reduce(0) { $0 + (needs($1)[resource] ?? 0) } <= limit)
    }
  }

  private func fits(_ place: Int) -> Bool {
    needs(place).allSatisfy { resource, amount in
      running.reduce(amount) { $0 + (needs($1)[resource] ?? 0) } <= limits[resource] ?? 0
    }
  }

  private var limits: [String: Double] {
    [
      "cpus": capacity.cpus, "memory": 100, "gpus": 2, "licence": Double(Self.licences), "m0": 1,
      "m1": 1,
    ]
  }

  private func needs(_ place: Int) -> [String: Double] {
    let stage = stages[place]
    var needs: [String: Double] = [:]
    if stages.contains(where: { $0.resources.cpus != nil }) {
      needs["cpus"] = min(stage.resources.cpus ?? 1, capacity.cpus)
    }
    needs["memory"] = stage.resources.memory.map { Double($0.value) }
    needs["gpus"] = stage.resources.gpus.map { Double($0) }
    for other in stage.resources.others { needs[other.name] = Double(other.count) }
    for mutex in stage.mutexes { needs[mutex] = 1 }
    return needs.filter { $0.value > 0 }
  }

  /// Longer ways go first where there are several jobs.
  private func precedes(_ left: Int, _ right: Int) -> Bool {
    guard jobs > 1 else { return left < right }
    let (long, short) = (way(from: left), way(from: right))
    return long != short ? long > short : left < right
  }

  private func way(from place: Int) -> Duration {
    let followers = stages.indices.filter { awaited[$0].contains(place) }
    let rest = followers.map { way(from: $0) }.max() ?? .zero
    return rest + (durations[place] ?? usual)
  }

  private var usual: Duration {
    let known = durations.compactMap(\.self)
    return known.isEmpty ? .seconds(1) : known.reduce(.zero, +) / known.count
  }
}
