import DverCore
import DverFileSystem

/// The file that says under which name a workspace is known in a shared cache: the name, and the
/// file's own inode.
///
/// A workspace that was copied together with its folders has the same name in it, but in a file of
/// another inode: two workspaces under one name would take each other's lists away.
struct CacheIdentity {
  private let path: AbsolutePath

  init(at path: AbsolutePath) { self.path = path }

  /// The name; `nil` where there is none, or where it is that of another workspace.
  func name() throws -> String? {
    guard let found = try content(), found.isOwn else { return nil }
    return found.name
  }

  /// The name of the workspace that this one may be a copy of.
  func foreignName() throws -> String? {
    guard let found = try content(), !found.isOwn else { return nil }
    return found.name
  }

  private func content() throws -> (name: String, isOwn: Bool)? {
    guard let file = try OpenFile.ifPresent(path, .read, followsLinks: false) else { return nil }
    let status = try file.status()
    guard let bytes = try FileSystem.contents(of: path, limit: 256) else { return nil }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
    guard let name = lines.first, name.allSatisfy(\.isHexDigit) else { return nil }
    return (name, lines.count > 1 && UInt64(lines[1]) == status.inode)
  }

  /// Writes a name down that nobody else has.
  ///
  /// - Parameter prepare: Called with the name before it counts.
  func make(_ prepare: (_ name: String) throws -> Void) throws -> String {
    var generator = SystemRandomNumberGenerator()
    let name = (0..<2).map { _ in String(generator.next() | 1 << 63, radix: 16) }.joined()
    try prepare(name)
    try FileSystem.makeDirectories(path.parent)
    let temporary = path.parent.appending(FileSystem.temporaryName())
    do {
      let file = try OpenFile(temporary, .createNew(permissions: 0o666))
      try file.write(Array("\(name)\n\(try file.status().inode)\n".utf8))
      try file.sync()
      try file.finish()
      try FileSystem.rename(temporary, to: path)
    } catch {
      _ = try? FileSystem.removeFile(temporary)
      throw error
    }
    try FileSystem.syncDirectory(path.parent)
    return name
  }
}
