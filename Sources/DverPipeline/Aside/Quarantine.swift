import DverCore
import DverFileSystem

/// Keeps what a failed run of a stage left, until the stage's next success.
///
/// `outputs/` holds the outputs under their paths and `log` what the commands printed. An output on
/// another file system stays there under a hidden name beside itself, with a link in `outputs/`.
struct Quarantine: Sendable {
  private let root: AbsolutePath
  /// The folder of the stage; made when something comes in.
  let folder: AbsolutePath
  /// Told of what a copy leaves out.
  private let onSkipped: @Sendable (AbsolutePath) -> Void

  /// - Parameters:
  ///   - root: The workspace.
  ///   - directory: The folder of the failed runs of all stages.
  init(
    root: AbsolutePath, directory: AbsolutePath, stage: StageAddress,
    onSkipped: @escaping @Sendable (AbsolutePath) -> Void
  ) {
    self.root = root
    self.onSkipped = onSkipped
    folder = directory.appending(stage.fileName)
  }

  private var outputs: AbsolutePath { folder.appending("outputs") }
  var log: AbsolutePath { folder.appending("log") }
  private static let hiddenSuffix = ".dver-failed"

  /// Forgets earlier runs.
  func clear() throws {
    guard try FileSystem.exists(folder) else { return }
    try removeLinked(in: outputs)
    try FileSystem.removeTree(folder)
  }

  /// Takes what is at `path` of the workspace, if anything is.
  func take(_ path: AbsolutePath) throws {
    guard try FileSystem.exists(path) else { return }
    let target = try prepareTarget(for: path)
    if try AsidePlaces.move(path, to: target) == .moved { return }
    let name = Array(".".utf8) + path.lastComponent + Array(Self.hiddenSuffix.utf8)
    let hidden = path.parent.appending(name)
    try FileSystem.removeTree(hidden)
    if try AsidePlaces.move(path, to: hidden) == .moved {
      try FileSystem.makeSymbolicLink(to: hidden.bytes, at: target)
    } else {
      // A mount point stays, so what is in it must be copied out.
      try takeChildren(of: path, excluding: nil)
    }
  }

  /// Takes what is in the directory `path`, but not `excluded`.
  func takeChildren(of path: AbsolutePath, excluding excluded: AbsolutePath?) throws {
    let target = try prepareTarget(for: path)
    try FileSystem.makeDirectory(target)
    for name in try FileSystem.names(in: path) ?? [] {
      let source = path.appending(name)
      guard source != excluded else { continue }
      if try AsidePlaces.move(source, to: target.appending(name)) == .moved { continue }
      try TreeCopy.copy(source, to: target.appending(name), onSkipped: onSkipped)
      try FileSystem.removeTree(source)
    }
  }

  /// Keeps a log, which is not there if nothing was printed, as well.
  func keepLog(_ path: AbsolutePath) throws {
    guard try FileSystem.exists(path) else { return }
    try FileSystem.makeDirectories(folder)
    do {
      try FileSystem.link(path, at: log)
    } catch is FileSystemError {
      try TreeCopy.copy(path, to: log, onSkipped: onSkipped)
    }
  }

  private func prepareTarget(for path: AbsolutePath) throws -> AbsolutePath {
    let target = outputs.appending(path.relative(to: root) ?? .root)
    // A link that an earlier run left in the place of a folder must not be followed.
    if let obstacle = try FileSystem.obstacle(above: target, in: folder) {
      try FileSystem.removeTree(obstacle)
    }
    try FileSystem.makeDirectories(target.parent)
    try FileSystem.removeTree(target)
    return target
  }

  private func removeLinked(in directory: AbsolutePath) throws {
    for name in try FileSystem.names(in: directory) ?? [] {
      let path = directory.appending(name)
      guard let status = try FileSystem.status(of: path) else { continue }
      if status.isDirectory {
        try removeLinked(in: path)
      } else if status.isLink {
        let destination = try FileSystem.destination(ofLink: path)
        // Only what this type hid; an output may be a link to anywhere.
        let expected = Array(".".utf8) + name + Array(Self.hiddenSuffix.utf8)
        guard destination.first == RepositoryPath.slash else { continue }
        let target = AbsolutePath(destination, relativeTo: root)
        if target.lastComponent.elementsEqual(expected) { try FileSystem.removeTree(target) }
      }
    }
  }
}
