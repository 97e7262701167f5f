import DverCore
import DverFileSystem
import DverHashing

/// A hidden folder on the file system of the workspace, where files wait until they are complete.
///
/// By a file beside it the next command can tell what a dead one left.
struct StagingFolder: ~Copyable {
  let path: AbsolutePath
  private let sign: LifeSign
  private let counter = SharedCounter()

  /// Makes a folder below `parent`, after removing what dead processes left there.
  init(in parent: AbsolutePath, leases: LeaseSettings) throws {
    try FileSystem.makeDirectories(parent)
    try FileSystem.spreadFolders(of: parent)
    try Self.removeAbandoned(in: parent)
    var generator = SystemRandomNumberGenerator()
    let name = String(generator.next(), radix: 16)
    let sign = try LifeSign(
      parent.appending("\(name).lock"), purpose: "dver", settings: leases,
      unseen: parent.appending(FileSystem.temporaryName()), endsWithFile: true)
    let path = parent.appending(name)
    try FileSystem.makeDirectory(path)
    try FileSystem.spreadFolders(of: path)
    self.path = path
    self.sign = sign
  }

  deinit {
    try? FileSystem.removeTree(path)
    withExtendedLifetime(sign) {}
  }

  /// Removes the folder, and the one around it if that was made for it among the user's data.
  consuming func close() {
    let parent = path.parent
    _ = consume self
    guard parent.lastComponent.elementsEqual(ReservedName.staging.utf8) else { return }
    _ = try? FileSystem.removeEmptyDirectory(parent)
  }

  /// Hands out names to other threads.
  var names: @Sendable () -> AbsolutePath {
    let (path, counter) = (path, counter)
    return { path.appending("\(counter.next())") }
  }

  private static func removeAbandoned(in parent: AbsolutePath) throws {
    for file in try LifeSign.files(in: parent) {
      let name = file.lastComponent
      guard name.suffix(Self.suffix.count).elementsEqual(Self.suffix),
        try LifeSign.isDead(file, scratch: parent)
      else { continue }
      try FileSystem.removeTree(parent.appending(name.dropLast(Self.suffix.count)))
      try LifeSign.forget(file)
    }
  }

  private static let suffix = Array(".lock".utf8)
}
