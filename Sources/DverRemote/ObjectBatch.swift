package import DverCore

/// Objects that a transfer is about, in columns of equal counts.
package struct ObjectBatch: Sendable {
  package private(set) var digests: [Digest] = []
  /// Bytes; negative where unknown.
  package private(set) var sizes: [Int64] = []

  package init() {}

  package init(digests: [Digest], sizes: [Int64]) {
    precondition(digests.count == sizes.count)
    self.digests = digests
    self.sizes = sizes
  }

  package var count: Int { digests.count }
  package var isEmpty: Bool { digests.isEmpty }
  /// The bytes of the objects whose size is known.
  package var byteCount: Int64 { sizes.reduce(0) { $0 + max(0, $1) } }

  package mutating func append(_ digest: Digest, size: Int64) {
    digests.append(digest)
    sizes.append(size)
  }

  /// The objects at some positions.
  package func selecting(_ positions: [Int]) -> ObjectBatch {
    ObjectBatch(digests: positions.map { digests[$0] }, sizes: positions.map { sizes[$0] })
  }
}
