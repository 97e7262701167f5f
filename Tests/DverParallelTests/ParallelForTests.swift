import Testing

@testable import DverParallel

@Suite struct ParallelForTests {
  private struct Failure: Error, Equatable {
    let index: Int
  }

  @Test(arguments: [0, 1, 2, 15, 16, 127, 128, 129, 1000, 4097, 20_000], [1, 2, 5])
  func everyInputIsMappedOnceAndInOrder(count: Int, threads: Int) throws {
    let outputs = try parallelMap(count: count, threads: threads, state: { 0 }) { done, index in
      done += 1
      return (index, done)
    }
    #expect(outputs.map(\.0) == Array(0..<count))
    // A state belongs to one thread.
    #expect(outputs.map(\.1).max() ?? 0 <= count)
    if threads == 1 { #expect(outputs.map(\.1) == Array(1..<count + 1)) }
  }

  @Test func theFirstFailureIsTold() {
    #expect(throws: Failure(index: 700)) {
      _ = try parallelMap(count: 2000, threads: 1, state: { 0 }) { _, index in
        if index >= 700 { throw Failure(index: index) }
      }
    }
  }
}
