import Testing

@testable import DverParallel

@Suite struct AdaptiveThreadsTests {
  /// How fast work is, in units a second, and how busy processors are, by the number of threads.
  private struct Machine {
    let processors: Int
    let rate: (Int) -> Double
    let load: (Int) -> Double

    /// The numbers of threads that portions of the work were done with.
    func run(_ threads: inout AdaptiveThreads, portions: Int) -> [Int] {
      (0..<portions).map { _ in
        let count = threads.count
        let elapsed = Duration.seconds(100 / rate(count))
        threads.note(
          size: 100, elapsed: elapsed, used: elapsed * Double(processors) * load(count))
        return count
      }
    }
  }

  @Test func whoWaitsForADiskGetsMoreThreads() {
    var threads = AdaptiveThreads(processors: 2)
    let disk = Machine(
      processors: 2, rate: { 10 * Double(min($0, 16)) }, load: { 0.05 * Double($0) })
    #expect(disk.run(&threads, portions: 5) == [2, 4, 8, 16, 8])
    // Fewer were slower.
    #expect(disk.run(&threads, portions: 9).allSatisfy { $0 == 16 })
  }

  @Test func busyProcessorsKeepTheirThreads() {
    var threads = AdaptiveThreads(processors: 4)
    let memory = Machine(processors: 4, rate: { _ in 100 }, load: { _ in 0.97 })
    #expect(memory.run(&threads, portions: 20).allSatisfy { $0 == 4 })
  }

  @Test func threadsThatDoNotPayAreGivenUp() {
    var threads = AdaptiveThreads(processors: 2)
    // They wait for each other, and no number of them changes that.
    let locked = Machine(processors: 2, rate: { _ in 100 }, load: { _ in 0.5 })
    let counts = locked.run(&threads, portions: 40)
    #expect(counts.count { $0 == 2 } > 30)
    #expect(counts.allSatisfy { $0 <= 4 })
  }

  @Test func whatBecameFastNeedsThemNoMore() {
    var threads = AdaptiveThreads(processors: 2)
    let disk = Machine(processors: 2, rate: { 10 * Double($0) }, load: { _ in 0.3 })
    _ = disk.run(&threads, portions: 6)
    #expect(threads.count == 16)
    let memory = Machine(processors: 2, rate: { 1000 / Double($0) }, load: { _ in 0.9 })
    _ = memory.run(&threads, portions: 6)
    #expect(threads.count == 2)
  }

  @Test func whatIsOverAtOnceSaysNothing() {
    var threads = AdaptiveThreads(processors: 1)
    for _ in 0..<10 { threads.note(size: 1, elapsed: .microseconds(10), used: .zero) }
    #expect(threads.count == 1)
    #expect(threads.portion(size: 1) { $0 } == 1)
  }
}
