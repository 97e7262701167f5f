import CSystem
import Glibc

/// The three standard streams of a child, all served at once so that none can block another.
struct ChildPipes {
  /// The ends that the child gets as 0, 1 and 2.
  private(set) var childEnds: [Int32] = []
  private(set) var output: [UInt8] = []
  private(set) var error: [UInt8] = []
  private var inputEnd: Int32 = -1
  private var outputEnd: Int32 = -1
  private var errorEnd: Int32 = -1
  private var pending: ArraySlice<UInt8>

  init(input: [UInt8]) throws {
    pending = input[...]
    let (childInput, inputEnd) = try Self.pipe()
    let (outputEnd, childOutput) = try Self.pipe()
    let (errorEnd, childError) = try Self.pipe()
    childEnds = [childInput, childOutput, childError]
    (self.inputEnd, self.outputEnd, self.errorEnd) = (inputEnd, outputEnd, errorEnd)
    if input.isEmpty { closeInput() }
  }

  /// The child holds an output still, or has not taken all its input.
  var isOpen: Bool { outputEnd >= 0 || errorEnd >= 0 }

  mutating func closeChildEnds() {
    for end in childEnds { close(end) }
    childEnds = []
  }

  mutating func closeAll() {
    closeChildEnds()
    closeInput()
    if outputEnd >= 0 { close(outputEnd) }
    if errorEnd >= 0 { close(errorEnd) }
    (outputEnd, errorEnd) = (-1, -1)
  }

  /// Moves what can be moved, after waiting at most this long for something to move.
  mutating func exchange(milliseconds: Int32) {
    var slots = [
      pollfd(fd: inputEnd, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errorEnd, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe poll(&slots, 3, milliseconds) > 0 else { return }
    if slots[0].revents != 0 { writeInput() }
    if slots[1].revents != 0 { outputEnd = Self.read(outputEnd, into: &output) }
    if slots[2].revents != 0 { errorEnd = Self.read(errorEnd, into: &error) }
  }

  /// Takes what has been written by now.
  mutating func drain() {
    var before = -1
    while isOpen, before != output.count + error.count {
      before = output.count + error.count
      exchange(milliseconds: 0)
    }
  }

  private mutating func writeInput() {
    // The size that a pipe which polls writable takes without blocking.
    let part = pending.prefix(Int(PIPE_BUF))
    let written = unsafe part.withUnsafeBytes { bytes in
      unsafe write(inputEnd, bytes.baseAddress, bytes.count)
    }
    pending = written < 0 ? [] : pending.dropFirst(written)
    if pending.isEmpty { closeInput() }
  }

  private mutating func closeInput() {
    if inputEnd >= 0 { close(inputEnd) }
    inputEnd = -1
  }

  /// Returns the descriptor, or -1 once it has come to its end.
  private static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Int32 {
    let part = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
      count = unsafe max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    bytes += part
    guard part.isEmpty else { return descriptor }
    close(descriptor)
    return -1
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe dver_pipe2(&ends, O_CLOEXEC) == 0 else {
      throw SupportError("cannot make a pipe: \(errorText(errno))")
    }
    return (ends[0], ends[1])
  }
}
