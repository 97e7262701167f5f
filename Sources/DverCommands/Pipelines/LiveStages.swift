import DverParallel
import Synchronization

/// The running stages on a terminal, a line each: how long they run and what they printed last.
final class LiveStages: Sendable {
  private struct Stage {
    let name: String
    let started: ContinuousClock.Instant
    var lastLine = ""
  }

  /// In the order in which they started.
  private let stages: Mutex<[Stage]> = Mutex([])
  private let console: Console
  private let ended = Cancellation()
  private let thread: Mutex<WorkerThread?> = Mutex(nil)

  private static let interval = Duration.milliseconds(100)

  init(console: Console) { self.console = console }

  func begin(_ name: String) {
    stages.withLock { $0.append(Stage(name: name, started: .now)) }
    let isAnimated = thread.withLock { thread in
      if thread == nil {
        thread = WorkerThread(ifPossible: { [self] in
          repeat { draw() } while !ended.wait(atMost: Self.interval)
        })
      }
      return thread != nil
    }
    // Where the system allows no more threads, the lines change when stages begin and end.
    if !isAnimated { draw() }
  }

  /// Takes a line, or a piece of one, that a stage printed.
  func output(_ line: ArraySlice<UInt8>, of name: String) {
    let text = TerminalText.plain(line)
    guard !text.isEmpty else { return }
    stages.withLock { stages in
      guard let place = stages.firstIndex(where: { $0.name == name }) else { return }
      stages[place].lastLine = text
    }
  }

  func end(_ name: String) {
    stages.withLock { $0.removeAll { $0.name == name } }
    draw()
  }

  /// Removes the lines; to be called once, when nothing runs any more.
  func stop() {
    ended.request()
    thread.withLock { $0.take() }?.join()
    console.show(live: [])
  }

  private func draw() {
    let size = console.terminalSize
    let now = ContinuousClock.now
    let lines = stages.withLock { $0 }.map { stage in
      let clock = DurationText.clock(now - stage.started)
      return TerminalText.cut("[\(stage.name)] \(clock)  \(stage.lastLine)", to: size.columns - 1)
    }
    // A line that scrolled away could not be taken back.
    let room = max(1, size.rows - 2)
    guard lines.count > room else { return console.show(live: lines) }
    console.show(live: lines.prefix(room) + ["and \(lines.count - room) more"])
  }
}
