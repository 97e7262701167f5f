import DverFileSystem
import Glibc

/// What the user or a program gives a command to read.
enum StandardInput {
  static var isTerminal: Bool { isatty(0) == 1 }

  /// Whether nothing is handed over: it is a terminal, `/dev/null` or closed.
  static var isAbsent: Bool {
    var status = stat()
    guard unsafe fstat(0, &status) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFCHR
  }

  /// All of it, line by line, without line ends; empty lines are left out.
  static func lines() throws(FileSystemError) -> [[UInt8]] {
    try all().split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  /// As ``lines()``, each as soon as it is there.
  ///
  /// - Parameter onPause: Called whenever no further line is there yet.
  static func forEachLine(
    _ body: ([UInt8]) throws -> Void, onPause: () -> Void
  ) throws {
    let lineEnd = UInt8(ascii: "\n")
    var rest: [UInt8] = []
    while true {
      let part = try nextPart()
      guard !part.isEmpty else { break }
      rest += part
      guard let end = rest.lastIndex(of: lineEnd) else { continue }
      for line in rest[..<end].split(separator: lineEnd) { try body(Array(line)) }
      rest.removeSubrange(...end)
      onPause()
    }
    if !rest.isEmpty { try body(rest) }
  }

  private static func all() throws(FileSystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let part = try nextPart()
      guard !part.isEmpty else { return bytes }
      bytes += part
    }
  }

  /// What can be read now, after waiting for some of it; nothing at the end.
  private static func nextPart() throws(FileSystemError) -> [UInt8] {
    let byteCount = 64 * 1024
    while true {
      var (count, code): (Int, Int32) = (0, 0)
      let part = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
        count = unsafe read(0, buffer.baseAddress, byteCount)
        code = errno
        filled = max(count, 0)
      }
      if count >= 0 { return part }
      guard code == EINTR else {
        throw FileSystemError(.read, "standard input", code: code)
      }
    }
  }
}

extension Console {
  /// Asks the one at the terminal; without a terminal the answer is no.
  func confirms(_ question: String) -> Bool {
    guard StandardInput.isTerminal, isTerminal else { return false }
    tell("\(question) [y/N]")
    let answer = readLine()?.lowercased()
    return answer == "y" || answer == "yes"
  }
}
