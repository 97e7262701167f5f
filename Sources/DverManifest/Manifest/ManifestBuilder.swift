package import DverCore
import DverHashing
import DverParallel

/// Writes the nodes of a manifest.
///
/// The nodes depend on the entries alone: neither the number of threads nor the order in which
/// nodes are delivered changes a byte. Memory stays at a few nodes a thread beyond the table.
package struct ManifestBuilder: Sendable {
  /// Receives each node once, from several threads, children before their parents.
  package typealias Sink = @Sendable (ManifestNodeFile) throws -> Void

  let shape: ManifestShape
  let threads: Int

  package init(shape: ManifestShape = .standard, threads: Int = processorCount) {
    self.shape = shape
    self.threads = threads
  }

  /// Writes all nodes of the manifest of `table`, which must be sorted, and returns what a pointer
  /// says of it.
  ///
  /// Throws what `sink` throws, and ``ManifestError/entry(path:problem:)`` for an entry that is out
  /// of order or that no manifest can hold.
  @discardableResult
  package func build(_ table: EntryTable, to sink: Sink) throws -> ManifestSummary {
    try table.checkEntries()
    let plan = ManifestPlan(table, shape: shape)
    return try withoutActuallyEscaping(sink) { sink in
      let run = ManifestBuild(
        table: table, plan: plan, shape: shape, threads: threads, sink: sink)
      return try run.root()
    }
  }

  /// What a pointer would say of the manifest of `table`, without keeping its nodes.
  package func summary(of table: EntryTable) throws -> ManifestSummary {
    try build(table) { _ in }
  }
}
