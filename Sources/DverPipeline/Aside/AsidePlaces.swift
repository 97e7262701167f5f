import DverCore
import DverFileSystem
import Glibc

/// Where one old output may stand while a command runs, and the moves there and back.
///
/// The places follow from names alone, so that after a crash they can be looked through:
/// in the area; where that is another file system, under a hidden name beside the output; and where
/// the output is a mount point, in a hidden folder inside it.
struct AsidePlaces: Sendable {
  /// Where the output belongs.
  let original: AbsolutePath
  let inArea: AbsolutePath
  let sibling: AbsolutePath
  let child: AbsolutePath
  /// The workspace.
  private let root: AbsolutePath
  /// Told of what a copy leaves out.
  private let onSkipped: @Sendable (AbsolutePath) -> Void

  /// - Parameters:
  ///   - item: The name in the area.
  ///   - mark: What makes hidden names those of one stage of one process.
  init(
    original: AbsolutePath, root: AbsolutePath, area: AbsolutePath, item: String, mark: String,
    onSkipped: @escaping @Sendable (AbsolutePath) -> Void
  ) {
    self.original = original
    self.root = root
    self.onSkipped = onSkipped
    inArea = area.appending(item)
    let name = Array(".".utf8) + original.lastComponent + Array(".dver-aside-\(mark)".utf8)
    sibling = original.parent.appending(name)
    child = original.appending(".dver-aside-\(mark)")
  }

  /// Moves the output away; `prepare` is called before it goes anywhere but into the area.
  ///
  /// - Returns: Whether there was anything.
  func setAside(prepare: () throws -> Void) throws -> Bool {
    guard try FileSystem.exists(original) else { return false }
    if try Self.move(original, to: inArea) == .moved { return true }
    try prepare()
    if try Self.move(original, to: sibling) == .moved { return true }
    try FileSystem.makeDirectory(child)
    try Self.moveChildren(of: original, to: child, excluding: child)
    return true
  }

  /// Makes a copy of what was set aside in the output's place.
  func copyBack() throws {
    switch try present() {
    case child: try TreeCopy.copyChildren(of: child, to: original, onSkipped: onSkipped)
    case let place?: try TreeCopy.copy(place, to: original, onSkipped: onSkipped)
    case nil: break
    }
  }

  /// Where the old output is now; `nil` if it was not moved.
  func present() throws -> AbsolutePath? {
    for place in [inArea, sibling, child] where try FileSystem.exists(place) { return place }
    return nil
  }

  /// The link that one of the folders above the output is now, if there is one: what seems to be in
  /// the output's place is somewhere else then, and somebody else's.
  func linkAbove() throws -> AbsolutePath? {
    guard let obstacle = try FileSystem.obstacle(above: original, in: root),
      try FileSystem.status(of: obstacle)?.isLink == true
    else { return nil }
    return obstacle
  }

  /// Puts the old output back, after what is in its place has gone to `quarantine`.
  ///
  /// May be repeated after a crash at any point. Does nothing if the output was not moved.
  ///
  /// - Parameter take: Takes away what has the place of a folder above the output.
  func putBack(
    quarantine: Quarantine, clearing take: (AbsolutePath) throws -> Void
  ) throws {
    switch try present() {
    case child:
      try quarantine.takeChildren(of: original, excluding: child)
      try Self.moveChildren(of: child, to: original, excluding: nil)
      try FileSystem.removeEmptyDirectory(child)
    case let found?:
      // A hidden name may have been found through the link that is about to go.
      let place = try found.parent.resolvingLinks().appending(found.lastComponent)
      try Self.clearWay(to: original, in: root, taking: take)
      try quarantine.take(original)
      try FileSystem.rename(place, to: original)
    case nil: break
    }
  }

  /// What is to be said where ``putBack(quarantine:clearing:)``, or clearing a place where nothing
  /// was, did not work.
  func left(wasThere: Bool, because error: any Error) -> LeftAside.Output {
    LeftAside.Output(
      path: original.relative(to: root) ?? .root,
      place: wasThere ? ((try? present()) ?? inArea) : nil,
      reason: (error as? any DverError)?.message ?? "\(error)")
  }

  /// Makes the folders above `path`, real ones, after `take` has taken what has the place of one.
  static func clearWay(
    to path: AbsolutePath, in root: AbsolutePath, taking take: (AbsolutePath) throws -> Void
  ) throws {
    if let obstacle = try FileSystem.obstacle(above: path, in: root) {
      try take(obstacle)
      guard try !FileSystem.exists(obstacle) else {
        throw FileSystemError(.remove, obstacle, code: EBUSY)
      }
    }
    try FileSystem.makeDirectories(path.parent)
  }

  /// Removes the old output for good, but for what is hidden in it.
  func drop(_ path: RepositoryPath, saving hidden: HiddenFiles) throws {
    guard let place = try present() else { return }
    try hidden.rescue(from: place, of: path)
    try FileSystem.removeTree(place)
  }

  enum Move {
    case moved
    /// Another file system, or a mount point.
    case impossible
  }

  static func move(_ source: AbsolutePath, to target: AbsolutePath) throws -> Move {
    do {
      try FileSystem.rename(source, to: target)
      return .moved
    } catch let error as FileSystemError where error.code == EXDEV || error.code == EBUSY {
      return .impossible
    }
  }

  private static func moveChildren(
    of source: AbsolutePath, to target: AbsolutePath, excluding excluded: AbsolutePath?
  ) throws {
    for name in try FileSystem.names(in: source) ?? [] {
      let path = source.appending(name)
      if path != excluded { try FileSystem.rename(path, to: target.appending(name)) }
    }
  }
}
