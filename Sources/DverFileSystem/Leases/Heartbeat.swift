package import DverCore
import DverParallel
import Glibc
import Synchronization

/// Writes to a file again and again, so that hosts that cannot see each other's locks know that
/// this process lives.
///
/// The server's clock stamps a write. Once the file has another name or is gone, its holder is
/// taken for dead, and knows it. A thread of its own does the work.
final class Heartbeat: Sendable {
  private let pulse: Pulse
  private let thread: WorkerThread

  /// - Throws: ``LeaseLostError`` where the file is not there, ``FileSystemError`` where the system
  ///   refuses another thread.
  init(_ path: AbsolutePath, milliseconds: Int) throws {
    let pulse = Pulse(path, milliseconds: milliseconds)
    try pulse.beat()
    self.pulse = pulse
    guard let thread = WorkerThread(ifPossible: { pulse.run() }) else {
      throw FileSystemError(.start, "another thread", code: EAGAIN)
    }
    self.thread = thread
  }

  /// Makes sure that nobody takes this process for dead for another three intervals.
  ///
  /// Costs nothing where the last heartbeat is young. Time is that of this machine, of which only
  /// what passes counts.
  ///
  /// - Throws: ``LeaseLostError`` where somebody has done so already.
  func check() throws { try pulse.check() }

  deinit {
    pulse.end()
    thread.join()
  }
}

/// What a heartbeat and its thread share.
private final class Pulse: Sendable {
  private let path: AbsolutePath
  private let interval: Duration
  private let news = WakeUp()
  private let state = Mutex(State())

  private struct State {
    /// When the last heartbeat began that was there for others to see.
    var last: ContinuousClock.Instant?
    var isLost = false
    var isEnding = false
  }

  init(_ path: AbsolutePath, milliseconds: Int) {
    self.path = path
    interval = .milliseconds(milliseconds)
  }

  func run() {
    while true {
      let ticket = news.ticket
      if state.withLock({ $0.isEnding || $0.isLost }) { return }
      if news.wait(after: ticket, atMost: interval) { continue }
      // What fails but for the loss is tried again, and by whoever is about to rely on it.
      _ = try? beat()
    }
  }

  func end() {
    state.withLock { $0.isEnding = true }
    news.signal()
  }

  func check() throws {
    let (last, isLost) = state.withLock { ($0.last, $0.isLost) }
    if isLost { throw LeaseLostError(path: path) }
    if let last, last.duration(to: .now) < interval * 2 { return }
    try beat()
  }

  func beat() throws {
    let began = ContinuousClock.now
    do {
      let file = try OpenFile(path, .update)
      // All of these files begin so.
      try file.write([UInt8(ascii: "h")])
      try file.finish()
      // Whoever takes the name away first looks at the time afterwards: a name that is still there
      // now was written to before. Listing asks the server where a look at the name might not.
      guard try FileSystem.names(in: path.parent)?.contains(Array(path.lastComponent)) == true
      else {
        throw FileSystemError(.find, path, code: ENOENT)
      }
    } catch let error as FileSystemError where error.isNotFound || error.code == ESTALE {
      state.withLock { $0.isLost = true }
      throw LeaseLostError(path: path)
    }
    state.withLock { $0.last = max($0.last ?? began, began) }
  }
}

/// A process that did not show for a long time that it lives, so that others went on without it.
package struct LeaseLostError: DverError {
  package let path: AbsolutePath
  /// Who goes on, where that can be told.
  package var holder: String?

  package init(path: AbsolutePath, holder: String? = nil) {
    self.path = path
    self.holder = holder
  }

  package var message: String {
    "the lease on \(path) was taken over by \(holder ?? "another process"), while this process "
      + "was stopped; nothing more was changed"
  }
  package var hint: String? { "run the command again" }
  package var exitStatus: ExitStatus { .locked }
}
