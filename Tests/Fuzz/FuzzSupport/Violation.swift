/// A property that does not hold.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

/// Throws what is wrong, if something is.
package func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
  if !condition { throw Violation(description: problem()) }
}

/// Reads what dver itself wrote, which must not be refused.
package func reading<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch {
    throw Violation(description: "dver refuses what it wrote: \(error)")
  }
}

extension [UInt8] {
  /// Whether a text may hold what is no number, and so equals nothing, not even itself.
  package var hasNoNumber: Bool { String(decoding: self, as: UTF8.self).contains(".nan") }
}
