import CZlib

/// Inflates a gzip file block by block: one member or several behind each other.
@safe struct GzipReader: ~Copyable {
  // zlib keeps the address of the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var output: [UInt8]
  private var state = State.beforeFirst

  private enum State {
    case beforeFirst
    case inMember
    case behindMember
    /// Zeros, with which some programs fill a file up.
    case inPadding
  }

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    output = Array(repeating: 0, count: Self.blockByteCount)
    let status = unsafe inflateInit2_(
      stream, Self.gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib refuses to begin (\(status))")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Hands over what the next block of the file becomes.
  ///
  /// - Returns: Whether the taker wants more.
  /// - Throws: ``TableError``, and what the taker throws.
  mutating func inflate(_ block: Span<UInt8>, _ take: ByteSource.Taker) throws -> Bool {
    unsafe try block.withUnsafeBufferPointer { input in
      var position = 0
      while position < input.count {
        guard try begin(unsafe input[position], &position) else { continue }
        let (consumed, produced) = unsafe try step(
          UnsafeBufferPointer(rebasing: input[position...]))
        position += consumed
        if produced > 0, try !take(output.span.extracting(0..<produced)) { return false }
      }
      return true
    }
  }

  /// - Throws: Where the file ends too early.
  func finish() throws(TableError) {
    switch state {
    case .inMember: throw .cutGzip
    // A file without a byte holds a text without one.
    case .beforeFirst, .behindMember, .inPadding: return
    }
  }

  /// Looks at the byte at which a member may begin; passes over it where it is padding.
  private mutating func begin(_ byte: UInt8, _ position: inout Int) throws(TableError) -> Bool {
    switch state {
    case .inMember: return true
    case .beforeFirst:
      guard byte == Self.firstByte else { throw .notGzip }
    case .behindMember where byte == Self.firstByte:
      unsafe inflateReset(stream)
    case .behindMember, .inPadding:
      guard byte == 0 else { throw .damagedGzip }
      state = .inPadding
      position += 1
      return false
    }
    state = .inMember
    return true
  }

  private mutating func step(
    _ input: UnsafeBufferPointer<UInt8>
  ) throws(TableError) -> (consumed: Int, produced: Int) {
    let count = min(input.count, Self.blockByteCount)
    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    unsafe stream.pointee.avail_in = uInt(count)
    var status = Z_OK
    unsafe output.withUnsafeMutableBufferPointer { target in
      unsafe stream.pointee.next_out = target.baseAddress
      unsafe stream.pointee.avail_out = uInt(target.count)
      status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    }
    let consumed = unsafe count - Int(stream.pointee.avail_in)
    let produced = unsafe output.count - Int(stream.pointee.avail_out)
    switch status {
    case Z_STREAM_END: state = .behindMember
    case Z_OK: break
    // Nothing could be done, and there is nothing to be done with.
    case Z_BUF_ERROR where consumed + produced > 0: break
    default: throw .damagedGzip
    }
    return (consumed, produced)
  }

  private static let blockByteCount = 256 * 1024
  /// The largest window, with gzip's heading.
  private static let gzipWindow: Int32 = 15 + 16
  private static let firstByte: UInt8 = 0x1f
}
