import DverCore
import DverFileSystem

/// Writes fixed-size values and whole columns into a file, in the machine's byte order, and behind
/// them the SHA-256 of all.
struct ColumnWriter: ~Copyable {
  private let file: OpenFile
  private var hash = SHA256()
  private var buffer: [UInt8] = []
  private var byteCount = 0

  init(_ file: consuming OpenFile) { self.file = file }

  mutating func append(bytes: [UInt8]) throws {
    try unsafe bytes.withUnsafeBytes { try unsafe append($0) }
  }

  mutating func append<Value: BitwiseCopyable>(_ value: Value) throws {
    try unsafe withUnsafeBytes(of: value) { try unsafe append($0) }
  }

  /// Elements must have no padding, for their bytes are written as they lie in memory.
  mutating func append<Element: BitwiseCopyable>(column: [Element]) throws {
    try unsafe column.withUnsafeBytes { try unsafe append($0) }
  }

  /// Goes on at the next multiple of eight.
  mutating func pad() throws {
    while byteCount % 8 != 0 { try append(UInt8(0)) }
  }

  consuming func finish() throws {
    try flush()
    try file.write(hash.finalize().bytes)
    try file.finish()
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    byteCount += bytes.count
    if bytes.count < Self.bufferByteCount {
      unsafe buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferByteCount { try flush() }
    } else {
      // Large columns go to the file from where they are.
      try flush()
      unsafe hash.update(bytes)
      try unsafe file.write(bytes)
    }
  }

  private mutating func flush() throws {
    var block: [UInt8] = []
    swap(&block, &buffer)
    hash.update(block.span)
    try file.write(block)
    block.removeAll(keepingCapacity: true)
    swap(&block, &buffer)
  }

  private static let bufferByteCount = 64 << 10
}

/// Reads what ``ColumnWriter`` wrote, within bounds; nothing is sound before ``isWhole()`` says so.
struct ColumnReader: ~Copyable {
  private let file: OpenFile
  private var hash = SHA256()
  private var position = 0
  /// Where the digest begins.
  private let end: Int

  init(_ file: consuming OpenFile) throws {
    end = Int(try file.status().size) - Digest.byteCount
    self.file = file
  }

  mutating func bytes(_ count: Int) throws -> [UInt8]? {
    try column(UInt8.self, count)
  }

  mutating func value<Value: BitwiseCopyable>(_ type: Value.Type) throws -> Value? {
    try column(type, 1)?.first
  }

  /// A count of things of at least one byte each.
  mutating func count() throws -> Int? {
    guard let count = try value(UInt64.self), count <= UInt64(max(end, 0)) else { return nil }
    return Int(count)
  }

  mutating func column<Element: BitwiseCopyable>(
    _ type: Element.Type, _ count: Int
  ) throws -> [Element]? {
    let stride = MemoryLayout<Element>.stride
    guard count >= 0, count <= (end - position) / stride else { return nil }
    let offset = position
    var filled = 0
    let column = try unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      while filled < count * stride {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: raw[filled..<count * stride])
        let part = try unsafe file.read(
          at: Int64(offset + filled), into: rest, atMost: rest.count)
        if part == 0 { break }
        filled += part
      }
      initialized = filled / stride
    }
    guard filled == count * stride else { return nil }
    unsafe column.withUnsafeBytes { unsafe hash.update($0) }
    position += filled
    return column
  }

  mutating func pad() throws {
    _ = try bytes(min(-position & 7, max(0, end - position)))
  }

  /// Whether everything was read, and is what was written.
  consuming func isWhole() throws -> Bool {
    guard position == end else { return false }
    let digest = try file.read(at: Int64(end), count: Digest.byteCount)
    return digest == hash.finalize().bytes
  }
}
