import Glibc

extension ConfigFile {
  /// Removes every section of this name with all that stands in it.
  ///
  /// - Parameter name: `section` or `section.subsection`, as in `remote.storage`.
  /// - Returns: Whether there was one.
  package func removeSection(_ name: [UInt8]) throws(GitError) -> Bool {
    let name = try ConfigName.normalizedSection(name)
    return try edit(sections: name) { bytes, section in bytes.removeSubrange(section.body) }
  }

  /// Gives every section of this name another name.
  package func renameSection(_ name: [UInt8], to newName: [UInt8]) throws(GitError) {
    let name = try ConfigName.normalizedSection(name)
    let header = ConfigName.header(try ConfigName.normalizedSection(newName))
    let wasThere = try edit(sections: name) { bytes, section in
      bytes.replaceSubrange(section.header, with: header)
    }
    guard wasThere else {
      throw .noSection(name: String(decoding: name, as: UTF8.self), file: path)
    }
  }

  /// Writes names of options with hyphens where somebody typed underscores, which git refuses.
  func spellAsGit() throws(GitError) {
    guard try !read().underscores.isEmpty else { return }
    try rewrite { (bytes) throws(GitError) in
      for position in try ConfigText(bytes, file: path).underscores {
        bytes[position] = UInt8(ascii: "-")
      }
    }
  }

  /// Applies `change` to the file's bytes for each section of this name, from the last one on.
  private func edit(
    sections name: [UInt8], _ change: (inout [UInt8], ConfigText.Section) -> Void
  ) throws(GitError) -> Bool {
    guard try read().sections.contains(where: { $0.name == name }) else { return false }
    var wasThere = false
    try rewrite { (bytes) throws(GitError) in
      let sections = try ConfigText(bytes, file: path).sections.filter { $0.name == name }
      for section in sections.reversed() { change(&bytes, section) }
      wasThere = !sections.isEmpty
    }
    return wasThere
  }

  /// Replaces the file's bytes under its lock.
  private func rewrite(
    _ change: (inout [UInt8]) throws(GitError) -> Void
  ) throws(GitError) {
    let lock = try lock()
    do throws(GitError) {
      var bytes = try content() ?? []
      try change(&bytes)
      try replace(with: bytes, lock)
    } catch {
      close(lock)
      _ = unsafe withCString(lockPath) { unsafe unlink($0) }
      throw error
    }
  }

  /// The file itself where `path` is a symbolic link.
  private var target: [UInt8] { realPath(path) ?? path }

  private var lockPath: [UInt8] { target + Array(".lock".utf8) }

  /// Makes the lock file, which will become the new file.
  private func lock() throws(GitError) -> Int32 {
    let descriptor = unsafe withCString(lockPath) {
      unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    if descriptor >= 0 { return descriptor }
    if errno == EEXIST { throw .locked(path: lockPath) }
    throw .system(action: "create", path: lockPath, code: errno)
  }

  private func replace(with bytes: [UInt8], _ lock: Int32) throws(GitError) {
    try WorkFile.write(bytes, to: lock, path: lockPath)
    if let status = try? WorkFile.status(of: target) { fchmod(lock, status.st_mode & 0o777) }
    let status = unsafe withCString(lockPath) { source in
      unsafe withCString(target) { unsafe rename(source, $0) }
    }
    guard status == 0 else { throw .system(action: "write", path: path, code: errno) }
    close(lock)
  }
}
