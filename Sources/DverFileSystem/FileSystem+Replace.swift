import DverCore
import Glibc

extension FileSystem {
  /// Puts a small file in place in one step: whoever looks sees the old content or the new one.
  ///
  /// The new file stands beside the old one under a hidden name until it is complete. An existing
  /// file keeps its permission bits. A file that holds `bytes` already is left alone.
  ///
  /// - Returns: Whether anything was written.
  @discardableResult
  package static func replaceContents(
    of path: AbsolutePath, with bytes: [UInt8], synced: Bool = false
  ) throws -> Bool {
    let old = try status(of: path)
    if let old, old.isFile, old.size == Int64(bytes.count), try contents(of: path) == bytes {
      return false
    }
    let temporary = path.parent.appending(temporaryName())
    do {
      let file = try OpenFile(temporary, .createNew(permissions: 0o666))
      if let old, old.isFile { try file.setMode(old.mode) }
      try file.write(bytes)
      if synced { try file.sync() }
      try file.finish()
      try rename(temporary, to: path)
    } catch {
      _ = try? removeFile(temporary)
      throw error
    }
    if synced { try syncDirectory(path.parent) }
    return true
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
