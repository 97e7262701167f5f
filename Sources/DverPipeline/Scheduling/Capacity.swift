package import DverCore

/// How much there is of what stages share while they run.
package struct Capacity: Sendable {
  /// May be a fraction.
  package var cpus: Double
  package var memory: ByteCount
  package var gpus: Int64
  /// Of anything else, by name; one where nobody has said how many.
  package var others: @Sendable (String) -> Int64?

  package init(
    cpus: Double, memory: ByteCount, gpus: Int64 = 0,
    others: @escaping @Sendable (String) -> Int64? = { _ in nil }
  ) {
    self.cpus = cpus
    self.memory = memory
    self.gpus = gpus
    self.others = others
  }
}

/// A resource that a stage needs more of than there is.
package struct ResourceShortage: Hashable, Sendable {
  /// As in `resources` of the stage.
  package let resource: String
  package let needed: String
  package let present: String
}
