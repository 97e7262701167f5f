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
    var takesOptions = true
    let count = Int(CommandLine.argc)
    for index in 1..<max(count, 1) {
      guard let start = unsafe CommandLine.unsafeArgv[index] else { continue }
      let bytes = unsafe UnsafeBufferPointer(start: start, count: strlen(start)).map {
        UInt8(bitPattern: $0)
      }
      if bytes.elementsEqual("--".utf8) { takesOptions = false }
      arguments.append(text(of: bytes, mayBeOption: takesOptions))
    }
    return arguments
  }

  /// An argument as the parser gets it; of `--option=value` the value alone is quoted.
  private static func text(of bytes: [UInt8], mayBeOption: Bool) -> String {
    if PathQuoting.isValidUTF8(bytes.span) { return String(decoding: bytes, as: UTF8.self) }
    guard mayBeOption, bytes.starts(with: "--".utf8),
      let end = bytes.firstIndex(of: UInt8(ascii: "=")),
      let name = String(validating: bytes[...end], as: UTF8.self)
    else { return PathQuoting.quoted(bytes) }
    return name + text(of: Array(bytes[(end + 1)...]), mayBeOption: false)
  }
}

extension String {
  /// The path that an argument names.
  var pathBytes: [UInt8] {
    let bytes = Array(utf8)
    guard bytes.first == UInt8(ascii: "\"") else { return bytes }
    return PathQuoting.unquote(bytes.span) ?? bytes
  }

  /// The bytes of an argument that need not be a path, in which quotes may have another meaning.
  var argumentBytes: [UInt8] { isText ? Array(utf8) : pathBytes }

  /// Whether the argument was valid UTF-8.
  var isText: Bool { PathQuoting.isValidUTF8(pathBytes.span) }
}
