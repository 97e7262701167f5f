import DverCore
import DverFileSystem
import DverGit
import Synchronization

/// Files that have the name of a pointer, by the directories in which they were met.
///
/// Whoever walks a directory passes them anyway, so looking for them costs no more than a glance at
/// the end of each name.
final class PointerNames: Sendable {
  private let names = Mutex<[RepositoryPath: [RepositoryPath]]>([:])

  /// Takes note of what is in a directory, in place of what was there before.
  func note(_ paths: PathTable, in folder: RepositoryPath) {
    let found = paths.positions(endingIn: Self.suffix).map { folder.appending(paths[$0]) }
    names.withLock { $0[folder] = found.isEmpty ? nil : found }
  }

  /// What was found in a directory, in the order of the paths.
  subscript(folder: RepositoryPath) -> [RepositoryPath] { names.withLock { $0[folder] ?? [] } }

  private static let suffix = Array(CatalogFiles.pointerSuffix.utf8)
}

extension Workspace {
  /// Refuses pointers of git's inside of tracked directories, where the search for pointers does
  /// not look: a merge may leave `x/2.dver` beside `x.dver`.
  ///
  /// - Throws: ``OverlapError``.
  func refuseHiddenPointers(_ catalog: Catalog) throws {
    let folders = catalog.outputs.filter { $0.name?.isDirectory == true }
    guard !folders.isEmpty, let git = try git(), !git.isBare else { return }
    let prefix = gitPrefix(in: git)
    for outer in folders {
      let paths = try git.trackedPaths(below: prefix.gitPath(outer.path))
      for index in 0..<paths.count {
        guard let path = prefix.workspacePath(paths[index]),
          path.hasSuffix(CatalogFiles.pointerSuffix),
          let error = try overlap(ofPointer: path, in: outer)
        else { continue }
        throw error
      }
    }
  }

  /// Tells the user of pointers of git's inside of the tracked directories that were looked into.
  ///
  /// Looks at no more than what was met there, so that readers stay as fast as they are.
  func warnOfHiddenPointers(_ catalog: Catalog) throws {
    for outer in catalog.outputs {
      let names = pointerNames[outer.path]
      guard !names.isEmpty, let git = try git(), !git.isBare else { continue }
      let prefix = gitPrefix(in: git)
      for path in names where try git.isTracked(prefix.gitPath(path)) {
        guard let error = try? overlap(ofPointer: path, in: outer) else { continue }
        notices.warning(error.hint.map { "\(error.message); \($0)" } ?? error.message)
      }
    }
  }

  /// What a file says that git tracks inside of a tracked directory; `nil` where it only has the name
  /// of a pointer, and is data.
  private func overlap(
    ofPointer path: RepositoryPath, in outer: TrackedOutput
  ) throws -> OverlapError? {
    let file = root.appending(path)
    guard try FileSystem.status(of: file)?.isFile == true,
      let bytes = try FileSystem.contents(of: file),
      let pointer = try? CatalogFiles.Pointer(path: path, bytes: bytes),
      let inner = try? Catalog.outputs(of: pointer.file, at: path).first
    else { return nil }
    return OverlapError(inner: inner, outer: outer)
  }
}
