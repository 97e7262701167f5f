import DverCore

/// Appends fixed-size values and whole columns in the machine's byte order.
struct ColumnWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func append(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func append<Value: BitwiseCopyable>(_ value: Value) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Elements must have no padding, for their bytes are written as they lie in memory.
  mutating func append<Element: BitwiseCopyable>(column: [Element]) {
    unsafe column.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Goes on at the next multiple of eight.
  mutating func pad() {
    while bytes.count % 8 != 0 { bytes.append(0) }
  }
}

/// Reads what ``ColumnWriter`` wrote, within bounds.
struct ColumnReader {
  private let source: [UInt8]
  private let end: Int
  private var position = 0

  init(bytes: [UInt8], end: Int) {
    source = bytes
    self.end = end
  }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= end - position else { return nil }
    defer { position += count }
    return source[position..<position + count]
  }

  mutating func value<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    column(type, 1)?.first
  }

  /// A count of things of at least one byte each.
  mutating func count() -> Int? {
    guard let count = value(UInt64.self), count <= UInt64(source.count) else { return nil }
    return Int(count)
  }

  mutating func column<Element: BitwiseCopyable>(_ type: Element.Type, _ count: Int) -> [Element]? {
    guard let slice = bytes(count * MemoryLayout<Element>.stride) else { return nil }
    return unsafe slice.withUnsafeBytes { raw in
      unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
        filled = count
      }
    }
  }

  mutating func pad() {
    position = min(end, (position + 7) & ~7)
  }
}
