import DverCore
import DverGit
import DverTable
import Synchronization

extension Workspace {
  /// Compares the rows of all tables that differ; what cannot be compared has the reason in place of
  /// its rows.
  ///
  /// - Parameters:
  ///   - old: Where the old version is recorded; `nil` before the first commit.
  ///   - new: Where the new version is recorded; `nil` for the workspace.
  /// - Throws: Where no table has a column of the key.
  func rowReports(
    on changes: DataChanges, from old: GitRevision?, to new: GitRevision?, options: RowOptions
  ) throws -> [RowReport] {
    var reports: [RowReport] = []
    var lacking: (path: [UInt8], error: VersionError)?
    var hasKey = false
    for file in changes.rewrittenFiles {
      try progress.check()
      guard let format = TableFormat(fileName: file.path) else {
        if Self.isParquet(file.path) { reports.append(RowReport(parquet: file.path)) }
        continue
      }
      let outcome: RowReport.Outcome
      do {
        let versions = try [(file.old, old, "old"), (file.new, new, "new")].map {
          try tableVersion($0.0, of: file.path, at: $0.1, format: format, name: $0.2)
        }
        progress.begin(
          "Comparing rows", byteCount: versions.reduce(0) { $0 + $1.byteCount }, itemCount: 1)
        defer { progress.end() }
        outcome = .compared(
          try RowComparison(
            from: versions[0].table, to: versions[1].table, key: options.key,
            limit: options.limit))
        hasKey = true
      } catch let interrupted as Interrupted {
        throw interrupted
      } catch let error as any DverError {
        if let error = error as? VersionError {
          if error.side == nil { lacking = lacking ?? (file.path, error) } else { hasKey = true }
        }
        outcome = .problem(error.message, hint: error.hint)
      }
      reports.append(
        RowReport(path: file.path, outcome: outcome, holdsJSON: format.layout == .jsonLines))
    }
    if let lacking, !hasKey {
      throw NoKeyColumn(
        message: "no table that differs has the key: in \(shown(lacking.path)), "
          + lacking.error.message, hint: lacking.error.hint)
    }
    return reports
  }

  /// One version of a table, with the count of its bytes.
  private func tableVersion(
    _ digest: Digest, of path: [UInt8], at revision: GitRevision?, format: TableFormat, name: String
  ) throws -> (table: TableVersion, byteCount: Int64) {
    let path = RepositoryPath(normalized: path)
    let content: SoundContent
    do {
      content = try soundContent(digest, of: path, at: revision)
    } catch WorkspaceError.missingData {
      throw WorkspaceError.failed(
        "the \(name) version is not in the cache",
        hint: "run 'dver fetch -A \(displayed(path))'")
    } catch WorkspaceError.damaged {
      throw WorkspaceError.failed(
        "the \(name) version is damaged in the cache",
        hint: "run 'dver fetch -A -f \(displayed(path))'")
    }
    let source = countedSource(content)
    return (TableVersion(source, format: format), content.byteCount)
  }

  /// Content whose first reading is shown as progress; later ones only notice that the user wants to
  /// stop.
  private func countedSource(_ content: SoundContent) -> ByteSource {
    let progress = progress
    let counter = ReadingCounter(limit: content.byteCount)
    return ByteSource(byteCount: content.byteCount) { take in
      try content.read { block in
        try progress.advance(bytes: counter.add(block.count))
        return try take(block.span)
      }
    }
  }

  private static func isParquet(_ path: [UInt8]) -> Bool {
    String(decoding: path, as: UTF8.self).lowercased().hasSuffix(".parquet")
  }
}

/// Counts what is read, up to a limit.
private final class ReadingCounter: Sendable {
  private let rest: Mutex<Int64>

  init(limit: Int64) { rest = Mutex(limit) }

  /// How much of `count` is within the limit.
  func add(_ count: Int) -> Int {
    rest.withLock { rest in
      let part = min(rest, Int64(count))
      rest -= part
      return Int(part)
    }
  }
}

extension RowReport {
  fileprivate init(parquet path: [UInt8]) {
    self.init(
      path: path, outcome: .problem("rows of Parquet files cannot be compared yet", hint: nil),
      holdsJSON: false)
  }
}
