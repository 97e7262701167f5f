import DverCore
import Glibc

/// Command lines are bytes, the argument parser takes text.
///
/// An argument that is not valid UTF-8 goes through the parser in its quoted form, the one in which
/// dver prints such names, and becomes bytes again where a path is wanted. So a name can also be
/// typed the way dver shows it.
enum CommandLineBytes {
  /// The arguments of the process, without its name.
  static func arguments() -> [String] {
    var arguments: [String] = []
    let count = Int(CommandLine.argc)
    for index in 1..<max(count, 1) {
      guard let start = unsafe CommandLine.unsafeArgv[index] else { continue }
      let bytes = unsafe UnsafeBufferPointer(start: start, count: strlen(start)).map {
        UInt8(bitPattern: $0)
      }
      arguments.append(
        PathQuoting.isValidUTF8(bytes.span)
          ? String(decoding: bytes, as: UTF8.self) : PathQuoting.quoted(bytes))
    }
    return arguments
  }
}

extension String {
  /// The path that an argument names.
  var pathBytes: [UInt8] {
    let bytes = Array(utf8)
    guard bytes.first == UInt8(ascii: "\"") else { return bytes }
    return PathQuoting.unquote(bytes.span) ?? bytes
  }
}
