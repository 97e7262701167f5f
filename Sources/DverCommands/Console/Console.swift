import CSystem
import DverCore
import DverWorkspace
import Glibc
import Synchronization

/// Where commands print: results on standard output, everything else on standard error.
final class Console: Sendable {
  let isQuiet: Bool
  let isVerbose: Bool
  let printsJSON: Bool
  let usesColor: Bool
  /// Whether somebody watches: progress is drawn in place.
  let isTerminal: Bool
  /// Whether lines can be drawn in place of earlier ones, with results among them.
  let drawsLines: Bool
  /// One writer at a time, so that lines stay whole.
  private let output = Mutex<[UInt8]>([])
  private let live = Mutex(DrawnLines())
  private let isUsed = Atomic(false)
  /// Why standard output took no more; 0 while it does.
  private let outputError = Mutex<Int32>(0)

  init(options: GlobalOptions, printsJSON: Bool) {
    isQuiet = options.quiet
    isVerbose = options.verbose
    self.printsJSON = printsJSON
    isTerminal = isatty(2) == 1
    let canDraw = unsafe getenv("TERM").map { unsafe strcmp($0, "dumb") != 0 } ?? false
    drawsLines = canDraw && isTerminal && isatty(1) == 1 && !isQuiet && !printsJSON
    switch options.color {
    case .always: usesColor = true
    case .never: usesColor = false
    case .auto:
      let refuses = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
      usesColor = isatty(1) == 1 && !refuses
    }
  }

  /// A line of the command's result, which may hold what comes from elsewhere.
  func print(_ line: String) { print(styled: Self.printable(line)) }

  /// A line of the command's result with colours in it.
  func print(styled line: String) {
    output.withLock { buffer in
      buffer.append(contentsOf: line.utf8)
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count >= Self.bufferByteCount { flush(&buffer) }
    }
  }

  /// Whether there is a result so far, but for plain lines.
  var hasResult: Bool { isUsed.load(ordering: .relaxed) }

  /// Bytes of the command's result, as they are.
  func write(_ bytes: [UInt8]) {
    isUsed.store(true, ordering: .relaxed)
    output.withLock { buffer in
      buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferByteCount { flush(&buffer) }
    }
  }

  func print(json value: JSONValue) {
    var bytes: [UInt8] = []
    value.append(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    write(bytes)
  }

  /// A sentence about what was done, for people.
  func status(_ line: String) {
    guard !isQuiet, !printsJSON else { return }
    tell(Self.printable(line))
  }

  func warning(_ line: String) {
    tell(colored("WARNING", .yellow) + ": " + Self.printable(line))
  }

  /// What happens beside the result.
  var notices: Notices {
    Notices { [self] kind, text in
      switch kind {
      case .status: status(text)
      case .warning: warning(text)
      }
    }
  }

  /// A line on standard error, above what is drawn in place and behind the results so far: both may go
  /// to one terminal.
  func tell(_ line: String) {
    flush()
    live.withLock { live in
      _ = Self.write(live.erasing() + Array((line + "\n").utf8) + live.drawing(), to: 2)
    }
  }

  /// Draws or removes the progress line of a terminal.
  func show(progress line: String?) {
    live.withLock { live in
      if line == nil, live.progress == nil { return }
      live.progress = line
      _ = Self.write(live.erasing() + live.drawing(), to: 2)
    }
  }

  /// Draws lines at the bottom of a terminal, in the place of those before.
  func show(live lines: [String]) {
    live.withLock { live in
      if lines.isEmpty, live.lines.isEmpty { return }
      live.lines = lines
      _ = Self.write(live.erasing() + live.drawing(), to: 2)
    }
  }

  /// The size of the terminal that lines are drawn on.
  var terminalSize: (columns: Int, rows: Int) {
    let (columns, rows) = (dver_terminal_columns(2), dver_terminal_rows(2))
    return (columns > 0 ? Int(columns) : 80, rows > 0 ? Int(rows) : 24)
  }

  /// Writes out what was printed.
  ///
  /// - Returns: Whether standard output took all of it, and all before.
  @discardableResult
  func flush() -> Bool { output.withLock { flush(&$0) } }

  /// Why standard output took no more; `nil` while it does.
  var outputFailure: OutputError? {
    let code = outputError.withLock { $0 }
    return code == 0 ? nil : OutputError(code: code)
  }

  /// Bytes of a long result, which ends where nobody takes it.
  func stream(_ bytes: [UInt8]) throws(OutputError) {
    write(bytes)
    if let failure = outputFailure { throw failure }
  }

  enum Color: Int {
    case red = 31
    case green = 32
    case yellow = 33
    case cyan = 36
  }

  func colored(_ text: String, _ color: Color) -> String {
    usesColor ? "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m" : text
  }

  private static let bufferByteCount = 64 * 1024

  @discardableResult
  private func flush(_ buffer: inout [UInt8]) -> Bool {
    outputError.withLock { code in
      // Nothing goes behind a gap.
      if code == 0, !buffer.isEmpty, !writeResult(buffer) { code = errno }
      buffer.removeAll(keepingCapacity: true)
      return code == 0
    }
  }

  /// Writes above what is drawn in place, where that would be on the same terminal.
  private func writeResult(_ bytes: [UInt8]) -> Bool {
    guard drawsLines else { return Self.write(bytes, to: 1) }
    return live.withLock { live in
      Self.write(live.erasing(), to: 2)
      let isWritten = Self.write(bytes, to: 1)
      let code = errno
      // A line that has not ended would be drawn over.
      if bytes.last == UInt8(ascii: "\n") { Self.write(live.drawing(), to: 2) }
      errno = code
      return isWritten
    }
  }

  @discardableResult
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    return unsafe bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        let start = unsafe buffer.baseAddress.map { unsafe $0 + written }
        let count = unsafe Glibc.write(descriptor, start, buffer.count - written)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return false }
        written += count
      }
      return true
    }
  }
}
