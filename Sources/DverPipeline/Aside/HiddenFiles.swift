package import DverCore
package import DverFileSystem

/// Saves from an old output that is about to go what no store has: files that ignore rules hide, and
/// repositories inside.
package struct HiddenFiles {
  private let layout: AsideLayout
  /// Lists them, by their paths inside of the output.
  private let list: (_ location: AbsolutePath, RepositoryPath) throws -> [RepositoryPath]
  /// Told where something went that has no place in the new output.
  private let onKept: (AbsolutePath) -> Void

  package init(
    _ layout: AsideLayout,
    list: @escaping (_ location: AbsolutePath, RepositoryPath) throws -> [RepositoryPath],
    onKept: @escaping (AbsolutePath) -> Void
  ) {
    self.layout = layout
    self.list = list
    self.onKept = onKept
  }

  /// Moves them into the new output where its folders have room, else to `.dver/state/kept`.
  ///
  /// - Parameters:
  ///   - location: Where the old output stands aside.
  ///   - path: The path of the output.
  func rescue(from location: AbsolutePath, of path: RepositoryPath) throws {
    let output = layout.root.appending(path)
    for hidden in try list(location, path) {
      let (source, target) = (location.appending(hidden), output.appending(hidden))
      if try FileSystem.obstacle(above: target, in: layout.root) == nil,
        try FileSystem.status(of: target.parent)?.isDirectory == true,
        try FileSystem.renameWithoutReplacing(source, to: target)
      {
        continue
      }
      try keep(source, as: path.appending(hidden))
    }
  }

  /// Moves them to `.dver/state/kept`, where all else at `location` is about to go.
  package func keep(from location: AbsolutePath, of path: RepositoryPath) throws {
    for hidden in try list(location, path) {
      try keep(location.appending(hidden), as: path.appending(hidden))
    }
  }

  /// Moves one file or folder there.
  package func keep(_ source: AbsolutePath, as path: RepositoryPath) throws {
    var place = layout.kept.appending(path)
    var number = 1
    // A link that is kept must not lead what is kept later out of here.
    while try FileSystem.obstacle(above: place, in: layout.kept) != nil
      || FileSystem.exists(place)
    {
      place = layout.kept.appending("\(number)").appending(path)
      number += 1
    }
    try FileSystem.makeDirectories(place.parent)
    if try AsidePlaces.move(source, to: place) == .impossible,
      try !copy(source, to: place)
    {
      return
    }
    onKept(place)
  }

  /// Moves something to another file system: it is gone here only when it is safe there.
  ///
  /// - Returns: Whether there was anything to be kept.
  private func copy(_ source: AbsolutePath, to place: AbsolutePath) throws -> Bool {
    let temporary = place.parent.appending(FileSystem.temporaryName())
    do {
      try TreeCopy.copy(source, to: temporary, onSkipped: layout.onSkipped)
    } catch {
      _ = try? FileSystem.removeTree(temporary)
      throw error
    }
    guard try FileSystem.exists(temporary) else { return false }
    let folder = try OpenFile(place.parent, .directory)
    try folder.syncFileSystem()
    try FileSystem.rename(temporary, to: place)
    try folder.syncFileSystem()
    try FileSystem.removeTree(source)
    return true
  }
}
