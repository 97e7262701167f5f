/// The text between what was read and what was made of it.
///
/// Behind the text there are always ``slack`` bytes that may be read.
@safe struct RecordBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Where the text begins and ends that is still to be read.
  var start = 0
  private(set) var end = 0

  static let slack = 16

  init() {
    capacity = 1 << 16
    unsafe base = .allocate(capacity: capacity + Self.slack)
    unsafe base.initialize(repeating: 0, count: capacity + Self.slack)
  }

  deinit { unsafe base.deallocate() }

  var count: Int { end - start }

  /// Puts a block behind the text; what was read goes.
  mutating func append(_ block: Span<UInt8>) {
    if end + block.count > capacity { makeRoom(block.count) }
    unsafe block.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe (base + end).update(from: first, count: source.count)
    }
    end += block.count
  }

  private mutating func makeRoom(_ added: Int) {
    let count = count
    if count + added > capacity {
      let larger = max(count + added, capacity * 2)
      let target = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.slack)
      unsafe target.initialize(repeating: 0, count: larger + Self.slack)
      unsafe target.update(from: base + start, count: count)
      unsafe base.deallocate()
      unsafe base = target
      capacity = larger
    } else {
      // The target may overlap the source.
      unsafe base.update(from: base + start, count: count)
    }
    (start, end) = (0, count)
  }
}
