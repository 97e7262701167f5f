import DverCore
import Glibc

/// Standard output that takes no more: a full disk, or a reader that has gone.
struct OutputError: DverError {
  let code: Int32

  /// Whether the reader has enough, as with `dver ls | head`.
  var isClosedPipe: Bool { code == EPIPE }

  var message: String {
    "cannot write to standard output: \(unsafe String(cString: strerror(code)))"
  }
}
