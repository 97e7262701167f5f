import DverCore

extension FileSystem {
  /// What time it is for whoever stamps the files of a folder, in nanoseconds since 1970: that of a
  /// file that was just made there. The folder is made if there is none.
  package static func clock(in folder: AbsolutePath) throws -> Int64 {
    let path = folder.appending(temporaryName())
    let file: OpenFile
    do {
      file = try OpenFile(path, .createNew(permissions: 0o600))
    } catch let error as FileSystemError where error.isNotFound {
      try makeSharedDirectories(folder)
      file = try OpenFile(path, .createNew(permissions: 0o600))
    }
    defer { _ = try? removeFile(path) }
    do {
      try file.write([0])
    } catch let error as FileSystemError where error.isFullDisk {
      // It was made just now. Whoever asks may be about to free some space.
    }
    return try file.status().modified
  }
}
