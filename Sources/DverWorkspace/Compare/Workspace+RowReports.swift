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
    for file in changes.rewrittenFiles {
      try progress.check()
      if let format = TableFormat(fileName: file.path) {
        reports.append(
          try rowReport(
            on: file.path, from: (file.old, old), to: (file.new, new), format, options))
      } else if Self.isParquet(file.path) {
        reports.append(RowReport(parquet: file.path))
      }
    }
    if let lacking = reports.first(where: { $0.keyState == .lacking }),
      !reports.contains(where: { $0.keyState == .found }),
      case .problem(let message, let hint) = lacking.outcome
    {
      throw NoKeyColumn(
        message: "no table that differs has the key: in \(shown(lacking.path)), \(message)",
        hint: hint)
    }
    return reports
  }

  private typealias Version = (digest: Digest, revision: GitRevision?)

  private func rowReport(
    on path: [UInt8], from old: Version, to new: Version, _ format: TableFormat,
    _ options: RowOptions
  ) throws -> RowReport {
    let holdsJSON = format.layout == .jsonLines
    do {
      let before = try tableVersion(old, "old", of: path, format)
      let after = try tableVersion(new, "new", of: path, format)
      progress.begin(
        "Comparing rows", byteCount: before.byteCount + after.byteCount, itemCount: 1)
      defer { progress.end() }
      let comparison = try RowComparison(
        from: before.table, to: after.table, key: options.key, limit: options.limit)
      return RowReport(
        path: path, outcome: .compared(comparison), holdsJSON: holdsJSON, keyState: .found)
    } catch let interrupted as Interrupted {
      throw interrupted
    } catch let error as any DverError {
      return RowReport(
        path: path, outcome: .problem(error.message, hint: error.hint), holdsJSON: holdsJSON,
        keyState: RowReport.KeyState(error))
    }
  }

  /// One version of a table, with the count of its bytes.
  private func tableVersion(
    _ version: Version, _ name: String, of path: [UInt8], _ format: TableFormat
  ) throws -> (table: TableVersion, byteCount: Int64) {
    let path = RepositoryPath(normalized: path)
    let content: SoundContent
    do {
      content = try soundContent(version.digest, of: path, at: version.revision)
    } catch WorkspaceError.missingData where version.revision == nil {
      // It was there a moment ago, when it was hashed.
      throw WorkspaceError.failed(
        "the file changed while it was compared", hint: "run the command again")
    } catch WorkspaceError.missingData {
      throw WorkspaceError.failed(
        "the \(name) version is not in the cache",
        hint: "run 'dver fetch -A \(displayed(path))'")
    } catch WorkspaceError.damaged {
      throw WorkspaceError.failed(
        "the \(name) version is damaged in the cache",
        hint: "run 'dver fetch -A -f \(displayed(path))'")
    }
    return (TableVersion(countedSource(content), format: format), content.byteCount)
  }

  /// Content whose first reading is shown as progress; later ones only notice that the user wants to
  /// stop.
  private func countedSource(_ content: SoundContent) -> ByteSource {
    let progress = progress
    let counter = ReadingCounter(limit: content.byteCount)
    return ByteSource(byteCount: content.byteCount) { take in
      try content.read { block in
        // Little that is compressed can be much.
        for start in stride(from: 0, to: block.count, by: Self.portionByteCount) {
          let end = min(start + Self.portionByteCount, block.count)
          try progress.advance(bytes: counter.add(end - start))
          guard try take(block.span.extracting(start..<end)) else { return false }
        }
        return true
      }
    }
  }

  /// After so many bytes it is noticed that the user wants to stop.
  private static let portionByteCount = 256 * 1024

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
      holdsJSON: false, keyState: .unknown)
  }
}

extension RowReport.KeyState {
  /// What an error tells about the key.
  fileprivate init(_ error: any DverError) {
    guard let error = error as? VersionError else {
      self = .unknown
      return
    }
    switch error.reason {
    case .noColumn: self = error.side == nil ? .lacking : .found
    case .ambiguousColumn, .repeatedKey: self = .found
    default: self = .unknown
    }
  }
}
