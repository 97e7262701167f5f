package import DverCore
import DverFileSystem
import DverManifest

/// How many bytes of data are tracked.
package struct DiskUsage: Sendable {
  package struct Item: Sendable {
    /// Counted from the workspace's root.
    package let path: RepositoryPath
    package let byteCount: Int64
    /// The count of files and links.
    package let fileCount: Int64
  }

  /// For each path that was asked for, what is in it, then the path itself.
  package internal(set) var items: [Item] = []
  /// Bytes in all paths that were asked for.
  package internal(set) var total: Int64 = 0

  /// The document of `du --json`.
  package var json: JSONValue {
    let paths = items.map { item -> JSONValue in
      [
        "path": item.path.isRoot ? "." : .path(item.path), "size": .integer(item.byteCount),
        "nfiles": .integer(item.fileCount),
      ]
    }
    return ["paths": .array(paths), "total": .integer(total)]
  }
}

extension Workspace {
  /// Adds up the recorded sizes of tracked data at and one level below each path.
  ///
  /// - Parameters:
  ///   - paths: Counted from the user's folder.
  ///   - onlySums: Whether to leave out what is below each path.
  /// - Throws: ``WorkspaceError/missing(_:)`` for a path that neither exists nor holds tracked data.
  package func diskUsage(_ paths: [[UInt8]], onlySums: Bool) throws -> DiskUsage {
    let catalog = try catalog()
    let version = recordedVersion(catalog)
    var usage = DiskUsage()
    for argument in paths {
      var path = try path(of: argument)
      let parts = try trackedParts(of: path, in: version)
      if parts.isEmpty, try !hasFile(at: path) {
        guard let pointer = namedPointer(argument, in: catalog) else {
          throw WorkspaceError.missing(PathQuoting.quoted(argument))
        }
        warnOfIgnoredName(in: argument, behind: pointer)
        path = try self.path(of: pointer)
      }
      if !onlySums, parts.map(\.path) != [path] { usage.items += parts }
      let sum = DiskUsage.Item(
        path: path, byteCount: parts.reduce(0) { $0 + $1.byteCount },
        fileCount: parts.reduce(0) { $0 + $1.fileCount })
      usage.items.append(sum)
      usage.total += sum.byteCount
    }
    return usage
  }

  /// What is tracked in `path`, by the names in it; `path` alone where it is a tracked file.
  private func trackedParts(
    of path: RepositoryPath, in version: DataVersion
  ) throws -> [DiskUsage.Item] {
    if let output = version.output(containing: path) {
      return try memberParts(of: path, in: output, version)
    }
    var parts: [DiskUsage.Item] = []
    for output in version.outputs(below: path) {
      let rest = output.path.bytes.dropFirst(path.isRoot ? 0 : path.bytes.count + 1)
      let name = rest.prefix { $0 != RepositoryPath.slash }
      let part = DiskUsage.Item(
        path: path.appending(name), byteCount: output.record.size ?? 0,
        fileCount: output.record.fileCount ?? 1)
      guard let last = parts.last, last.path == part.path else {
        parts.append(part)
        continue
      }
      parts[parts.count - 1] = DiskUsage.Item(
        path: part.path, byteCount: last.byteCount + part.byteCount,
        fileCount: last.fileCount + part.fileCount)
    }
    return parts
  }

  private func memberParts(
    of path: RepositoryPath, in output: TrackedOutput, _ version: DataVersion
  ) throws -> [DiskUsage.Item] {
    guard let name = output.name, let part = path.relative(to: output.path) else { return [] }
    guard name.isDirectory else {
      guard part.isRoot else { return [] }
      return [DiskUsage.Item(path: path, byteCount: output.record.size ?? 0, fileCount: 1)]
    }
    let table = try version.reader(of: output.path).entries(of: name.digest, at: part)
    if table.count == 1, table.paths[0].elementsEqual(part.bytes) {
      return [
        DiskUsage.Item(
          path: path, byteCount: table.byteCount, fileCount: Int64(table.fileCount))
      ]
    }
    let members = ListedMembers(table, skipping: part.isRoot ? 0 : part.bytes.count + 1)
    return members.children().map { child, below in
      let isFile = below.isEmpty && !child.isDirectory
      return DiskUsage.Item(
        path: path.appending(child.name), byteCount: child.size ?? 0,
        fileCount: isFile ? 1 : Int64(below.fileCount))
    }
  }
}
