/// Stages that could start, the one with the smallest key first (a binary heap).
struct ReadyQueue: Sendable {
  private var heap: [(key: Int, stage: Int)] = []

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }
  /// The key of the stage that ``popFirst()`` would return.
  var firstKey: Int? { heap.first?.key }

  mutating func insert(_ stage: Int, key: Int) {
    heap.append((key, stage))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].key < heap[parent].key else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return first.stage
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].key < heap[smallest].key {
        smallest = child
      }
      guard smallest != parent else { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
