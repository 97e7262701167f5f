import Glibc

/// Why a test's own machinery failed, or a command did not end as required.
package struct SupportError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  /// A failed system call; reads `errno`.
  static func system(_ action: String, _ path: some Collection<UInt8>) -> SupportError {
    let number = errno
    return SupportError("cannot \(action) \(readable(path)): \(errorText(number))")
  }
}

/// The system's words for an error number.
func errorText(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}
