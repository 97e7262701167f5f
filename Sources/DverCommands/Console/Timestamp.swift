import Glibc

/// A moment as text.
struct Timestamp {
  private let seconds: time_t

  init(nanoseconds: Int64) { seconds = time_t(nanoseconds / 1_000_000_000) }

  /// `2024-05-06 07:08:09` where the user is.
  var local: String {
    var time = seconds
    var parts = unsafe tm()
    unsafe localtime_r(&time, &parts)
    return unsafe Self.text(parts, "%Y-%m-%d %H:%M:%S")
  }

  /// `2024-05-06T07:08:09Z`.
  var universal: String {
    var time = seconds
    var parts = unsafe tm()
    unsafe gmtime_r(&time, &parts)
    return unsafe Self.text(parts, "%Y-%m-%dT%H:%M:%SZ")
  }

  @unsafe private static func text(_ parts: tm, _ format: String) -> String {
    var parts = unsafe parts
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      let count = unsafe strftime(start, buffer.count, format, &parts)
      return String(
        decoding: unsafe buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
