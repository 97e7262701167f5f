import Glibc

/// What the user or a program gives a command to read.
enum StandardInput {
  static var isTerminal: Bool { isatty(0) == 1 }

  /// Whether nothing is handed over: it is a terminal, `/dev/null` or closed.
  static var isDevice: Bool {
    var status = stat()
    guard unsafe fstat(0, &status) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFCHR
  }

  /// All of it, line by line, without line ends; empty lines are left out.
  static func lines() -> [[UInt8]] {
    all().split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  private static func all() -> [UInt8] {
    var bytes: [UInt8] = []
    let chunkByteCount = 64 * 1024
    while true {
      var count = 0
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: chunkByteCount) { buffer, filled in
        count = unsafe read(0, buffer.baseAddress, chunkByteCount)
        filled = max(count, 0)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes += chunk
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
