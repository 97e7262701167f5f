import CSystem
import DverFileSystem
import Glibc

/// Moves what a command prints from a pipe to its log, and line by line to a closure.
struct OutputPump: ~Copyable {
  private let pipe: OpenFile
  private let log: RunLog
  private var buffer: [UInt8]
  /// How much of `buffer` is a line that has not ended.
  private var heldCount = 0
  private var hasLogFailed = false

  enum News {
    /// There may be more, now or later.
    case open
    /// Nobody can write any more.
    case end
  }

  /// Most commands print little; of those that print much the buffer grows.
  private static let firstByteCount = 4 * 1024
  /// Some pages of a pipe; a longer line goes on in pieces.
  private static let mostByteCount = 64 * 1024
  /// As much as the largest pipe holds.
  private static let readLimit = 16

  var descriptor: Int32 { pipe.descriptor }

  /// Makes the pipe; its writing end is closed by whoever gets it from `writingEnd`.
  init(log: RunLog, writingEnd: inout Int32) throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe dver_pipe2(&ends, O_CLOEXEC) == 0 else {
      throw CommandError.process(code: errno)
    }
    pipe = OpenFile(adopting: ends[0], path: log.path)
    writingEnd = ends[1]
    self.log = log
    buffer = Array(repeating: 0, count: Self.firstByteCount)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
  }

  /// Takes what is in the pipe now, or a part of it where more comes all the time: who never stops to
  /// print must not keep its watch from its other duties.
  mutating func drain(_ output: (ArraySlice<UInt8>) -> Void) -> News {
    for _ in 0..<Self.readLimit {
      let held = heldCount
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(pipe.descriptor, bytes.baseAddress.map { unsafe $0 + held }, bytes.count - held)
      }
      if count == 0 { return .end }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN ? .open : .end
      }
      writeLog(held..<held + count, output)
      passLines(upTo: held + count, output)
    }
    return .open
  }

  /// Passes on a last line without an end.
  mutating func flush(_ output: (ArraySlice<UInt8>) -> Void) {
    if heldCount > 0 { output(buffer[..<heldCount]) }
    heldCount = 0
  }

  /// A command does not fail because its log does; the reader of the output is told once.
  private mutating func writeLog(_ range: Range<Int>, _ output: (ArraySlice<UInt8>) -> Void) {
    guard !hasLogFailed else { return }
    do {
      try unsafe buffer.withUnsafeBytes { bytes in
        try unsafe log.write(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    } catch {
      hasLogFailed = true
      output(Array("(dver cannot write to \(log.path) and goes on without it)\n".utf8)[...])
    }
  }

  private mutating func passLines(upTo end: Int, _ output: (ArraySlice<UInt8>) -> Void) {
    var start = 0
    for index in heldCount..<end {
      let byte = buffer[index]
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
      output(buffer[start...index])
      start = index + 1
    }
    let isFull = end == buffer.count
    let isGrown = buffer.count >= Self.mostByteCount
    if start == 0, isFull, isGrown {
      output(buffer[...])
      start = end
    }
    heldCount = end - start
    if start > 0, heldCount > 0 {
      for index in 0..<heldCount { buffer[index] = buffer[start + index] }
    }
    if isFull, !isGrown {
      buffer.append(contentsOf: repeatElement(0, count: Self.mostByteCount - buffer.count))
    }
  }
}
