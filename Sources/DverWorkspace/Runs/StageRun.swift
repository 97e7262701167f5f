package import DverFileSystem
package import DverPipeline

/// A run of a stage on this machine, as far as it is remembered.
package struct StageRun: Sendable {
  /// Nanoseconds since 1970.
  package let started: Int64
  /// How it went; `nil` while it goes on, and where dver was killed.
  package let record: RunRecord?
  /// What it printed; `nil` where that was nothing, or is not kept any more.
  package let log: AbsolutePath?
  /// The process of dver that runs it.
  package let process: Int32?
}
