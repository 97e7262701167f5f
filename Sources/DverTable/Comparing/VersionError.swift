import DverCore
import DverParallel

/// Why one of two versions, or neither, can be compared.
package struct VersionError: DverError {
  package enum Side: String, Sendable {
    case old
    case new

    init(_ index: Int) { self = index == 0 ? .old : .new }
  }

  /// `nil` where neither can.
  package let side: Side?
  package let reason: TableError

  init(_ side: Side?, _ reason: TableError) {
    self.side = side
    self.reason = reason
  }

  package var message: String {
    side.map { "the \($0.rawValue) version: \(reason.message)" } ?? reason.message
  }
  package var hint: String? { reason.hint }

  /// Does the same with both versions, each in a thread of its own.
  static func onEach<Version: Sendable, Result: Sendable>(
    _ versions: [Version], _ body: @Sendable (Version) throws -> Result
  ) throws -> [Result] {
    try parallelMap(Array(versions.enumerated()).map(Numbered.init), threads: versions.count) {
      version in
      do {
        return try body(version.value)
      } catch let error as TableError {
        throw VersionError(Side(version.index), error)
      }
    }
  }

  private struct Numbered<Value: Sendable>: Sendable {
    let index: Int
    let value: Value

    init(_ pair: (offset: Int, element: Value)) { (index, value) = (pair.offset, pair.element) }
  }
}
