import DverCore
import DverFileSystem
import DverPipeline
import Synchronization

extension Workspace {
  /// What stands in a folder and is never tracked: what ignore rules hide, and repositories inside.
  ///
  /// - Parameters:
  ///   - location: Where the folder is; nothing is found where it is no folder.
  ///   - path: What the rules take for its path.
  func hiddenPaths(
    at location: AbsolutePath, of path: RepositoryPath
  ) throws -> [RepositoryPath] {
    guard try FileSystem.status(of: location)?.isDirectory == true else { return [] }
    let rules = try ignoreFilter(below: path)
    let hidden = Mutex<[RepositoryPath]>([])
    let found = try DirectoryWalk(location) { path, isDirectory in
      guard let rules, rules(path, isDirectory) else { return false }
      let bytes = path.indices.map { path[$0] }
      hidden.withLock { $0.append(RepositoryPath(normalized: bytes)) }
      return true
    }.run()
    let skipped = found.skipped.map { RepositoryPath(normalized: $0) }
    return (hidden.withLock { $0 } + skipped).sorted()
  }

  /// What saves these files where the rest of their folder goes.
  var hiddenFiles: HiddenFiles {
    HiddenFiles(asideLayout, list: hiddenPaths, onKept: noteKept)
  }

  /// Says where something of an old output went.
  func noteKept(_ place: AbsolutePath) {
    notices.warning("\(place) keeps what stood in an output's place and is not tracked")
  }
}
