import DverCore
import DverFileSystem
import DverGit
import DverIgnore
import DverManifest

/// One name in a folder that is listed.
struct ListedChild: Sendable {
  let name: [UInt8]
  var isDirectory: Bool
  var isExecutable = false
  var size: Int64?
  /// What dver records, if it tracks the name itself.
  var content: ContentName?
  var isOutput = false
  /// The blob in git, whose size is looked up last.
  var blob: GitObjectID?
}

/// The files beside tracked data: those of the workspace, or of a revision.
enum ListingSource: Sendable {
  case workspace
  case revision(GitFileTable, GitPathPrefix)

  /// The names in a folder, in no order; `nil` where there is no such folder.
  func children(of folder: RepositoryPath, in workspace: Workspace) throws -> [ListedChild]? {
    switch self {
    case .workspace: try Self.present(in: folder, of: workspace)
    case .revision(let files, let prefix): Self.children(of: prefix.gitPath(folder), in: files)
    }
  }

  /// What stands in a folder of a tracked directory and is not recorded.
  ///
  /// - Parameter known: The names that are recorded.
  func news(
    in folder: RepositoryPath, besides known: Set<[UInt8]>, of workspace: Workspace
  ) throws -> [ListedChild] {
    guard case .workspace = self else { return [] }
    do {
      let found = try Self.present(in: folder, of: workspace, besides: known) ?? []
      return found.filter { !ReservedName.contains($0.name) }
    } catch let error as FileSystemError where error.concernsPathAlone {
      // What is recorded can be listed without a look at it.
      return []
    }
  }

  /// Leaves out what `.dverignore` names, and FIFOs, sockets and devices.
  private static func present(
    in folder: RepositoryPath, of workspace: Workspace, besides known: Set<[UInt8]> = []
  ) throws -> [ListedChild]? {
    let absolute = workspace.root.appending(folder)
    guard try FileSystem.status(of: absolute)?.isDirectory == true,
      let entries = try FileSystem.entries(in: absolute)
    else { return nil }
    var children: [ListedChild] = []
    // The rules around any name in the folder are those of the folder itself too.
    let ignore = try workspace.ignoreStack(around: folder.appending("-".utf8))
    for entry in entries {
      guard !known.contains(entry.name) else { continue }
      let path = folder.appending(entry.name)
      let decision = ignore.decision(forPath: path.bytes.span, isDirectory: entry.isDirectory)
      guard !decision.isIgnored,
        let status = try FileSystem.status(of: absolute.appending(entry.name)),
        status.kind != .special
      else { continue }
      children.append(
        ListedChild(
          name: entry.name, isDirectory: entry.isDirectory,
          isExecutable: status.isFile && status.isExecutable,
          size: entry.isDirectory ? nil : status.size))
    }
    return children
  }

  /// Finds the files below `folder`, which follow each other, by bisection.
  private static func children(of folder: [UInt8], in files: GitFileTable) -> [ListedChild]? {
    let start = folder.isEmpty ? [] : folder + [RepositoryPath.slash]
    var (low, high) = (0, files.count)
    while low < high {
      let middle = (low + high) / 2
      if files.paths[middle].lexicographicallyPrecedes(start) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var children: [ListedChild] = []
    while low < files.count, files.paths[low].starts(with: start) {
      let rest = files.paths[low].dropFirst(start.count)
      if let slash = rest.firstIndex(of: RepositoryPath.slash) {
        let name = Array(rest[..<slash])
        if children.last?.name != name {
          children.append(ListedChild(name: name, isDirectory: true))
        }
      } else {
        children.append(
          ListedChild(
            name: Array(rest), isDirectory: false,
            isExecutable: files.modes[low] == .executable, blob: files.ids[low]))
      }
      low += 1
    }
    return children.isEmpty && !folder.isEmpty ? nil : children
  }
}
