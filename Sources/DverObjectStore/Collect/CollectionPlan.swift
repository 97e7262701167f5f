package import DverCore

/// What a collection would take out of sight.
package struct CollectionPlan: Sendable {
  package struct Object: Sendable {
    package let digest: Digest
    package let byteCount: Int64
  }

  /// Loose objects that go, sorted.
  package internal(set) var loose: [Object] = []
  /// Objects that go with their packs, sorted, each once.
  package internal(set) var packed: [Object] = []
  /// The packs to be dropped, or written anew without what goes.
  var packs: [Digest] = []
  /// Objects that nothing names and that stay: their packs hold too much else.
  package internal(set) var leftCount = 0
  package internal(set) var leftByteCount: Int64 = 0
  /// Objects that nothing names yet and that are too young to be judged.
  package internal(set) var youngCount = 0
  /// Objects that stay because something names them.
  package internal(set) var keptCount = 0

  package var count: Int { loose.count + packed.count }
  package var byteCount: Int64 { (loose + packed).reduce(0) { $0 + $1.byteCount } }
  package var isEmpty: Bool { loose.isEmpty && packs.isEmpty }

  /// All that goes, sorted.
  package var objects: [Object] { (loose + packed).sorted { $0.digest < $1.digest } }
}

/// Objects that are to stay: sorted digests, each once.
package struct KeptObjects: Sendable {
  package let digests: [Digest]

  /// - Parameter found: In any order, also several times.
  package init(_ found: consuming [Digest]) {
    found.sort()
    var count = 0
    for index in found.indices where index == 0 || found[index] != found[count - 1] {
      found[count] = found[index]
      count += 1
    }
    found.removeSubrange(count...)
    digests = found
  }

  package func contains(_ digest: Digest) -> Bool {
    var (low, high) = (0, digests.count)
    while low < high {
      let middle = (low + high) / 2
      if digests[middle] < digest { low = middle + 1 } else { high = middle }
    }
    return low < digests.count && digests[low] == digest
  }

  /// Goes through sorted digests and these side by side.
  func walk(
    _ others: some Collection<Digest>, _ body: (_ index: Int, _ isKept: Bool) throws -> Void
  )
    rethrows
  {
    var position = 0
    for (index, digest) in others.enumerated() {
      while position < digests.count, digests[position] < digest { position += 1 }
      try body(index, position < digests.count && digests[position] == digest)
    }
  }
}
