import Testing

@testable import DverPipeline

@Suite struct StartOrderTests {
  /// The places of a plan in the order in which they would start if nothing held them.
  private func order(_ edges: [[Int]], jobs: Int, seconds: [Int?]? = nil) -> [Int] {
    let followers = edges.indices.map { place in
      edges.indices.filter { edges[$0].contains(place) }
    }
    let durations = seconds?.map { $0.map { Duration.seconds($0) } }
    let keys = StartOrder.keys(
      jobs: jobs, followers: followers,
      durations: durations ?? Array(repeating: nil, count: edges.count))
    return edges.indices.sorted { keys[$0] < keys[$1] }
  }

  @Test func oneJobKeepsTheOrderOfThePlan() {
    #expect(order([[], [], [1], [2]], jobs: 1) == [0, 1, 2, 3])
    #expect(order([[], [], []], jobs: 1, seconds: [1, 2, 3]) == [0, 1, 2])
  }

  @Test func longWaysStartFirstWithMoreJobs() {
    #expect(order([[], [], [1], [2]], jobs: 2) == [1, 2, 0, 3])
  }

  @Test func waysAreAsLongAsTheyLasted() {
    #expect(order([[], [], [1], []], jobs: 2, seconds: [nil, 1, 1, 50]).first == 3)
    // What is unknown lasts as long as the others do on average.
    #expect(order([[], [], []], jobs: 2, seconds: [nil, 1, 9]) == [2, 0, 1])
    #expect(order([[], [], []], jobs: 2, seconds: [3, nil, 3]) == [0, 1, 2])
  }

  @Test func durationsWithoutMeasureDoNotOverflow() {
    let long = Int(Int32.max)
    #expect(order([[], [0], [1]], jobs: 2, seconds: [long, long, long]) == [0, 1, 2])
  }
}
