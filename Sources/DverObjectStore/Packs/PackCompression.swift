import CZlib

/// Whole objects to and from zlib streams.
enum PackCompression {
  /// The default of zlib: higher levels cost much and gain little.
  private static let level: Int32 = 6

  /// A zlib stream of `bytes`; `nil` where that would not be shorter.
  static func compress(_ bytes: Span<UInt8>) -> [UInt8]? {
    let bound = Int(compressBound(uLong(bytes.count)))
    var status = Z_OK
    let stream = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      var length = uLong(bound)
      status = unsafe bytes.withUnsafeBufferPointer { source in
        unsafe compress2(
          target.baseAddress, &length, source.baseAddress, uLong(source.count), level)
      }
      count = status == Z_OK ? Int(length) : 0
    }
    return status == Z_OK && stream.count < bytes.count ? stream : nil
  }

  /// The bytes of a stream that holds exactly `count` of them; `nil` for any other stream.
  static func decompress(_ stream: Span<UInt8>, count: Int) -> [UInt8]? {
    var isWhole = false
    // One byte more than declared, so that zlib is never given an empty buffer.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count + 1) { target, written in
      var length = uLong(count)
      var consumed = uLong(stream.count)
      let status = unsafe stream.withUnsafeBufferPointer { source in
        unsafe uncompress2(target.baseAddress, &length, source.baseAddress, &consumed)
      }
      isWhole = status == Z_OK && length == uLong(count) && consumed == uLong(stream.count)
      written = isWhole ? count : 0
    }
    return isWhole ? bytes : nil
  }
}
