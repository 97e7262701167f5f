import DverCore
import DverFileSystem

/// The logs of a stage's last runs: files named after when a run began, in a folder of the stage.
struct RunLogs: Sendable {
  let folder: AbsolutePath

  /// How much the logs of all runs but the last may take together.
  private static let mostBytes: Int64 = 64 << 20
  private static let suffix = ".log"

  /// - Parameter directory: The folder of the logs of all stages.
  init(_ directory: AbsolutePath, stage: StageAddress) {
    folder = directory.appending(stage.fileName)
  }

  func path(started: Int64) -> AbsolutePath { folder.appending("\(started)\(Self.suffix)") }

  /// Removes what is of none of `runs`, the oldest first, and what is too much.
  func prune(keeping runs: [RunRecord]) throws {
    guard let names = try FileSystem.names(in: folder) else { return }
    var left = Self.mostBytes
    var kept: Set<[UInt8]> = []
    for run in runs.reversed() {
      let log = path(started: run.started)
      guard let size = try FileSystem.status(of: log)?.size else { continue }
      if run.started != runs.last?.started { left -= size }
      if left >= 0 { kept.insert(Array(log.lastComponent)) }
    }
    for name in names where !kept.contains(name) {
      try FileSystem.removeFile(folder.appending(name))
    }
  }
}
