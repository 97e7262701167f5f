import DverFileSystem
import DverHashing
import Glibc

/// The record of a transaction whose objects may not be on stable storage yet.
///
/// Written and synced before the transaction publishes anything, removed after a barrier. Its
/// holder keeps a lock on it while it lives.
struct PendingEntry: Sendable {
  let host: String
  let boot: String
  let pidNamespace: String
  let process: Int32
  /// Nanoseconds since 1970.
  let time: Int64

  static func current() throws -> PendingEntry {
    PendingEntry(
      host: hostName(), boot: try bootIdentifier(), pidNamespace: try pidNamespaceName(),
      process: getpid(), time: FileClock.now().nanoseconds)
  }

  var text: String {
    "host: \(host)\nboot: \(boot)\npid namespace: \(pidNamespace)\nprocess: \(process)\n"
      + "time: \(time)\n"
  }

  init(host: String, boot: String, pidNamespace: String, process: Int32, time: Int64) {
    self.host = host
    self.boot = boot
    self.pidNamespace = pidNamespace
    self.process = process
    self.time = time
  }

  init?(text: String) {
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      values[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
    }
    guard let host = values["host"], let boot = values["boot"],
      let space = values["pid namespace"], let process = values["process"].flatMap({ Int32($0) }),
      let time = values["time"].flatMap({ Int64($0) })
    else { return nil }
    self.init(
      host: String(host), boot: String(boot), pidNamespace: String(space), process: process,
      time: time)
  }

  /// The time of the oldest entry in `folder` that an earlier boot of this host left; an entry that
  /// cannot be read counts with the time of its file.
  static func oldestOfEarlierBoot(in folder: AbsolutePath) throws -> Int64? {
    guard let names = try FileSystem.names(in: folder), !names.isEmpty else { return nil }
    let (host, boot) = (hostName(), try bootIdentifier())
    var oldest: Int64?
    for name in names {
      let path = folder.appending(name)
      guard let bytes = try FileSystem.contents(of: path, limit: 4096) else { continue }
      let time: Int64
      if let entry = PendingEntry(text: String(decoding: bytes, as: UTF8.self)) {
        guard entry.host == host, entry.boot != boot else { continue }
        time = entry.time
      } else {
        // Being written right now, or cut short by a power failure.
        guard let file = try OpenFile.ifPresent(path, .update), try file.tryLock(),
          let status = try FileSystem.status(of: path)
        else { continue }
        time = status.modified
      }
      oldest = min(oldest ?? time, time)
    }
    return oldest
  }

  /// Whether the entry was made by this host since it started.
  func isOfThisHost() throws -> Bool {
    try host == Self.hostName() && boot == Self.bootIdentifier()
  }

  private static func hostName() -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress, unsafe gethostname(start, 255) == 0 else {
        return "unknown"
      }
      unsafe buffer[255] = 0
      return unsafe String(cString: start)
    }
  }

  private static func bootIdentifier() throws -> String {
    let path = AbsolutePath(normalized: Array("/proc/sys/kernel/random/boot_id".utf8))
    let text = try FileSystem.contents(of: path, limit: 64) ?? []
    return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func pidNamespaceName() throws -> String {
    let path = AbsolutePath(normalized: Array("/proc/self/ns/pid".utf8))
    return String(decoding: try FileSystem.destination(ofLink: path), as: UTF8.self)
  }
}
