import DverCore
import Glibc

extension FileSystem {
  /// Puts a small file in place in one step: whoever looks sees the old content or the new one.
  ///
  /// The new file stands beside the old one under a hidden name until it is complete. An existing
  /// file keeps its permission bits. A file that holds `bytes` already is not written, but synced
  /// all the same where that is asked for: whoever wrote it may have died before.
  ///
  /// - Parameters:
  ///   - synced: Whether a power cut, too, leaves the old content or the new one, and the new one
  ///     once this returned.
  ///   - syncsName: Without it only the content is safe; the caller syncs the folder.
  /// - Returns: Whether anything was written.
  @discardableResult
  package static func replaceContents(
    of path: AbsolutePath, with bytes: [UInt8], synced: Bool = false, syncsName: Bool = true
  ) throws -> Bool {
    let temporary = try prepare(bytes, for: path, synced: synced)
    if let temporary {
      try put(temporary, at: path)
    } else if synced {
      try OpenFile(path, .read).sync()
    }
    if synced, syncsName { try syncDirectory(path.parent) }
    return temporary != nil
  }

  /// As ``replaceContents(of:with:synced:syncsName:)`` for many files of one file system, each as it
  /// was or as it shall be after a power cut; waits for the disk twice in all.
  package static func replaceContents(
    of files: [(path: AbsolutePath, bytes: [UInt8])], inFileSystemOf folder: AbsolutePath
  ) throws {
    var prepared: [(temporary: AbsolutePath, path: AbsolutePath)] = []
    do {
      for file in files {
        guard let temporary = try prepare(file.bytes, for: file.path, synced: false) else {
          continue
        }
        prepared.append((temporary, file.path))
      }
      let descriptor = try OpenFile(folder, .directory)
      try descriptor.syncFileSystem()
      guard !prepared.isEmpty else { return }
      for file in prepared { try put(file.temporary, at: file.path) }
      try descriptor.syncFileSystem()
    } catch {
      for file in prepared { _ = try? removeFile(file.temporary) }
      throw error
    }
  }

  /// Writes what is to become the file at `path` beside it; `nil` where it holds `bytes` already.
  private static func prepare(
    _ bytes: [UInt8], for path: AbsolutePath, synced: Bool
  ) throws -> AbsolutePath? {
    let old = try status(of: path)
    if let old, old.isFile, old.size == Int64(bytes.count), try contents(of: path) == bytes {
      return nil
    }
    let temporary = path.parent.appending(temporaryName())
    do {
      let file = try OpenFile(temporary, .createNew(permissions: 0o666))
      if let old, old.isFile { try file.setMode(old.mode) }
      try file.write(bytes)
      if synced { try file.sync() }
      try file.finish()
    } catch {
      _ = try? removeFile(temporary)
      throw error
    }
    return temporary
  }

  private static func put(_ temporary: AbsolutePath, at path: AbsolutePath) throws {
    do {
      try rename(temporary, to: path)
    } catch {
      _ = try? removeFile(temporary)
      throw error
    }
  }

  /// A name for a file that is not ready to be seen: `.dver-tmp-` and what makes it this process'.
  package static func temporaryName() -> [UInt8] {
    let number = temporaryCounter.next()
    return Array("\(temporaryPrefix)\(getpid())-\(processWord)-\(number)".utf8)
  }

  /// Processes of other hosts and namespaces may have the same number.
  private static let processWord = randomWord()

  /// Sixteen hexadecimal digits that nobody else has.
  package static func randomWord() -> String {
    var generator = SystemRandomNumberGenerator()
    let word = String(generator.next(), radix: 16)
    return String(repeating: "0", count: 16 - word.count) + word
  }

  /// What every name of ``temporaryName()`` begins with.
  package static let temporaryPrefix = ".dver-tmp-"

  private static let temporaryCounter = SharedCounter()
}
