import DverCore

extension FileSystem {
  /// What stands on the way from `root` down to `path`, but not at `path` itself, and is no folder: a
  /// link, wherever it leads, or a file. `nil` where there are folders alone, as far as anything is.
  package static func obstacle(
    above path: AbsolutePath, in root: AbsolutePath
  ) throws -> AbsolutePath? {
    guard let relative = path.relative(to: root) else { return nil }
    var folder = root
    for component in relative.components.dropLast() {
      folder = folder.appending(component)
      guard let found = try status(of: folder) else { return nil }
      if !found.isDirectory { return folder }
    }
    return nil
  }
}
