import CSystem
import DverCore
import Glibc

/// A file by which others can tell whether the process that made it lives: it holds a lock on it,
/// or writes to it again and again. The file says which.
package final class LifeSign: Sendable {
  package let path: AbsolutePath
  /// One of the two is there.
  private let lock: HeldLock?
  private let heartbeat: Heartbeat?
  private let endsWithFile: Bool

  /// Shows a complete file at `path` and keeps it alive.
  ///
  /// - Parameters:
  ///   - purpose: What the process does, for others to read.
  ///   - extra: Further lines of the file.
  ///   - unseen: Where the file stands until it is complete, on the same file system.
  ///   - isShared: Whether the group may write to the file.
  ///   - synced: Whether the file is on stable storage afterwards.
  ///   - endsWithFile: Whether the file goes with this object.
  package init(
    _ path: AbsolutePath, purpose: String, extra: (_ clock: Int64) -> String = { _ in "" },
    settings: LeaseSettings, unseen: AbsolutePath, isShared: Bool = false, synced: Bool = false,
    endsWithFile: Bool = false
  ) throws {
    let interval = try settings.interval(in: path.parent)
    let file = try Self.shown(
      path, Self.text(purpose: purpose, interval: interval), extra, isLocked: interval == nil,
      unseen: unseen, isShared: isShared, synced: synced)
    self.path = path
    self.endsWithFile = endsWithFile
    heartbeat = try interval.map { try Heartbeat(path, milliseconds: $0) }
    lock = interval == nil ? HeldLock(file) : nil
  }

  /// Makes the file, complete from the moment that it can be found under its name.
  private static func shown(
    _ path: AbsolutePath, _ text: String, _ extra: (_ clock: Int64) -> String, isLocked: Bool,
    unseen: AbsolutePath, isShared: Bool, synced: Bool, attempts: Int = 5
  ) throws -> OpenFile {
    do {
      // Locked before it can be seen: one that can be locked counts as dead.
      let file = try OpenFile(unseen, .createNew(permissions: 0o644))
      if isShared { try file.setMode(0o664) }
      if isLocked, try !file.tryLock() { throw FileSystemError(.lock, unseen) }
      try file.write(Array((text + extra(try file.status().modified)).utf8))
      if synced { try file.sync() }
      try FileSystem.rename(unseen, to: path)
      if synced { try FileSystem.syncDirectory(path.parent) }
      return file
    } catch {
      let isThere = try FileSystem.exists(unseen)
      _ = try? FileSystem.removeFile(unseen)
      // Whoever tidies up may have found the file before it had its lock or its text, and taken it
      // for that of a dead process.
      guard !isThere, attempts > 1, (error as? FileSystemError)?.code == ENOENT,
        try FileSystem.exists(unseen.parent), try FileSystem.exists(path.parent)
      else { throw error }
    }
    return try shown(
      path, text, extra, isLocked: isLocked, unseen: unseen, isShared: isShared, synced: synced,
      attempts: attempts - 1)
  }

  static func text(purpose: String, interval: Int?) -> String {
    let heartbeat = interval.map { "heartbeat: \($0)\n" } ?? ""
    // The text is read line by line.
    let purpose = PathQuoting.quoted(Array(purpose.utf8))
    return ProcessIdentity.current.text + heartbeat + "purpose: \(purpose)\n"
  }

  /// Makes sure that nobody takes this process for dead before it had time to do a little work.
  ///
  /// - Throws: ``LeaseLostError`` where somebody has done so already.
  package func check() throws { try heartbeat?.check() }

  private final class HeldLock: Sendable {
    private let file: OpenFile

    init(_ file: consuming OpenFile) { self.file = file }

    // A child that is being started holds a copy of every descriptor for a moment: closing alone
    // would leave it the lock.
    deinit { _ = dver_unlock(file.descriptor) }
  }

  deinit {
    if endsWithFile {
      _ = try? FileSystem.removeFile(path)
    } else if heartbeat != nil {
      // Else others would wait for five intervals.
      try? sayEnd()
    }
  }

  private func sayEnd() throws {
    guard let file = try OpenFile.ifPresent(path, .update) else { return }
    _ = try file.readToEnd()
    try file.write(Array("ended: yes\n".utf8))
  }

  // MARK: Others

  /// What a file tells of the process that made it.
  package enum Verdict: Hashable, Sendable {
    /// There is no file.
    case gone
    case alive
    /// Whoever made it holds no lock on it, or has not written to it for long. In the second case
    /// it may only sleep.
    case dead(ProcessIdentity?, mayWake: Bool)

    package var isAlive: Bool { self == .alive }
  }

  /// Whether the process that made the file at `path` lives.
  ///
  /// - Parameter scratch: A folder on the same file system, where a file tells what time it is.
  package static func verdict(on path: AbsolutePath, scratch: AbsolutePath) throws -> Verdict {
    guard let text = try FileSystem.contents(of: path, limit: 4096) else { return .gone }
    let lines = ProcessIdentity.lines(of: String(decoding: text, as: UTF8.self))
    let identity = lines.flatMap(ProcessIdentity.init)
    guard let interval = lines?["heartbeat"].flatMap({ Int64($0) }), interval > 0,
      interval <= Int64(LeaseSettings.longestIntervalMilliseconds)
    else {
      guard let file = try OpenFile.ifPresent(path, .update) else { return .gone }
      return try file.tryLock() ? .dead(identity, mayWake: false) : .alive
    }
    if lines?["ended"] != nil || identity?.isKnownDead == true {
      return .dead(identity, mayWake: false)
    }
    // The clock first: should this process be stopped in between, the file is only younger.
    let now = try FileSystem.clock(in: scratch)
    // Opened, for a network file system asks the server then.
    guard let status = try OpenFile.ifPresent(path, .read)?.status() else { return .gone }
    let limit = interval * 1_000_000 * Int64(LeaseSettings.missedCount)
    // The file may be of any age at all.
    return status.modified > now - limit ? .alive : .dead(identity, mayWake: true)
  }

  /// What the file at `path` says of its holder, for people.
  package static func holder(at path: AbsolutePath) -> String? {
    func contents(_ path: AbsolutePath) -> [UInt8]? {
      (try? FileSystem.contents(of: path, limit: 4096)) ?? nil
    }
    guard let text = contents(path) ?? contents(grave(of: path)),
      let lines = ProcessIdentity.lines(of: String(decoding: text, as: UTF8.self)),
      let identity = ProcessIdentity(lines)
    else { return nil }
    let purpose = lines["purpose"].map { "\($0), " } ?? ""
    return "\(purpose)process \(identity.process) on \(identity.host)"
  }

  /// Whether the process that made the file at `path` is dead.
  ///
  /// One that may only sleep has its file renamed: from then on it cannot show that it lives, and
  /// knows when it wakes. The file's time, looked at afterwards, tells whether it did until then.
  package static func isDead(_ path: AbsolutePath, scratch: AbsolutePath) throws -> Bool {
    let grave = grave(of: path)
    switch try verdict(on: grave, scratch: scratch) {
    case .alive: return false
    case .dead: return true
    case .gone: break
    }
    switch try verdict(on: path, scratch: scratch) {
    case .gone, .dead(_, mayWake: false): return true
    case .alive: return false
    case .dead(_, mayWake: true): break
    }
    do {
      try FileSystem.rename(path, to: grave)
    } catch let error as FileSystemError where error.code == ENOENT {
      // It has ended, or somebody else was faster.
    }
    return try !verdict(on: grave, scratch: scratch).isAlive
  }

  /// Removes the file of a dead process.
  package static func forget(_ path: AbsolutePath) throws {
    try FileSystem.removeFile(path)
    try FileSystem.removeFile(grave(of: path))
  }

  /// The files in a folder as they were first called, whatever became of them.
  package static func files(in folder: AbsolutePath) throws -> [AbsolutePath] {
    var files: [AbsolutePath] = []
    let names: [[UInt8]]?
    do {
      names = try FileSystem.names(in: folder)
    } catch let error as FileSystemError where error.isNotFound {
      // It was empty, and another one has taken its place since it was opened.
      names = nil
    }
    for name in names ?? [] {
      let isGrave = name.suffix(graveSuffix.count).elementsEqual(graveSuffix)
      let file = folder.appending(isGrave ? name.dropLast(graveSuffix.count) : name[...])
      if file != files.last { files.append(file) }
    }
    return files
  }

  private static func grave(of path: AbsolutePath) -> AbsolutePath {
    path.parent.appending(Array(path.lastComponent) + graveSuffix)
  }

  private static let graveSuffix = Array(".dead".utf8)
}
