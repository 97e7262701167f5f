import DverCore
import Glibc

/// The right to something that one process at a time has, by heartbeats.
///
/// Whoever has it has a file in a folder, under a name that nobody else ever uses. A folder with
/// that file in it is renamed into place, which succeeds where there is no folder or an empty one:
/// of several that try, one gets it. Ending the right removes that name, and so does whoever finds
/// the holder dead: neither can hit another's.
final class LeaseFolder: Sendable {
  private let sign: Heartbeat
  private let file: AbsolutePath

  /// What came of an attempt.
  enum Attempt {
    case taken(LeaseFolder)
    /// By whom, where that can be told.
    case refused(String?)
  }

  private init(_ sign: Heartbeat, file: AbsolutePath) {
    self.sign = sign
    self.file = file
  }

  /// Tries to get the right; takes it over from the dead.
  static func take(
    _ folder: AbsolutePath, purpose: String, interval: Int, scratch: AbsolutePath
  ) throws -> Attempt {
    if let holder = try livingHolder(of: folder, scratch: scratch) { return .refused(holder) }
    let token = FileSystem.randomWord()
    let staged = scratch.appending(FileSystem.temporaryName())
    try FileSystem.makeSharedDirectories(staged)
    defer { try? FileSystem.removeTree(staged) }
    let unseen = try OpenFile(staged.appending(token), .createNew(permissions: 0o644))
    if try FileSystem.status(of: scratch)?.isSharedFolder == true { try unseen.setMode(0o664) }
    try unseen.write(Array(LifeSign.text(purpose: purpose, interval: interval).utf8))
    try unseen.finish()
    guard try FileSystem.renameDirectory(staged, ontoEmpty: folder) else { return .refused(nil) }
    let file = folder.appending(token)
    do {
      // Who was stopped before this may have been taken for dead already.
      return .taken(LeaseFolder(try Heartbeat(file, milliseconds: interval), file: file))
    } catch is LeaseLostError {
      return .refused(nil)
    } catch {
      _ = try? FileSystem.removeFile(file)
      throw error
    }
  }

  func check() throws {
    do {
      try sign.check()
    } catch is LeaseLostError {
      let folder = file.parent
      let names = (try? FileSystem.names(in: folder)) ?? nil
      let other = names?.first { folder.appending($0) != file }
      throw LeaseLostError(
        path: folder, holder: other.flatMap { LifeSign.holder(at: folder.appending($0)) })
    }
  }

  deinit { _ = try? FileSystem.removeFile(file) }

  /// Who has the right; `nil`, and the folder empty, where nobody has.
  ///
  /// Costs one look where there is no folder.
  static func livingHolder(of folder: AbsolutePath, scratch: AbsolutePath) throws -> String? {
    for file in try LifeSign.files(in: folder) {
      guard try LifeSign.isDead(file, scratch: scratch) else {
        return LifeSign.holder(at: file) ?? "another process"
      }
      try LifeSign.forget(file)
    }
    return nil
  }
}

extension FileSystem {
  /// Gives a directory the name of an empty one, or a name that nothing has; `false` if there are
  /// names in that one.
  static func renameDirectory(
    _ source: AbsolutePath, ontoEmpty target: AbsolutePath
  ) throws -> Bool {
    do {
      try rename(source, to: target)
      return true
    } catch let error as FileSystemError where [EEXIST, ENOTEMPTY].contains(error.code) {
      // Some file systems want even an empty one out of the way.
      if try removeEmptyDirectory(target), try renameWithoutReplacing(source, to: target) {
        return true
      }
      return false
    }
  }
}
