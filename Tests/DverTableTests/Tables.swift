import CZlib
import DverCore
import Synchronization

@testable import DverTable

/// Reads tables the way a test wants them.
enum Tables {
  struct Content: Equatable {
    var names: [[UInt8]] = []
    var rows: [[[UInt8]]] = []
  }

  /// All cells of a table, read in blocks of a size.
  static func read(
    _ bytes: [UInt8], _ format: TableFormat = TableFormat(.delimited(by: 0x2c)),
    blockByteCount: Int = .max
  ) throws -> Content {
    let source = ByteSource(bytes, blockByteCount: blockByteCount)
    return switch format.layout {
    case .delimited(let delimiter):
      try read(source, format, DelimitedScanner(delimiter: delimiter))
    case .jsonLines: try read(source, format, JSONLineScanner())
    }
  }

  private static func read<Scanner: RecordScanner>(
    _ source: ByteSource, _ format: TableFormat, _ scanner: Scanner
  ) throws -> Content {
    var content = Content()
    var reader = RecordReader(scanner)
    unsafe try reader.read(source, isCompressed: format.isCompressed) { base, reader in
      content.rows.append(
        reader.scanner.cells.map { cell in
          (cell.start..<cell.end).map { unsafe base[$0] }
        })
      return true
    }
    content.names = reader.scanner.names
    return content
  }

  /// The cells of a table as text.
  static func text(
    _ table: String, _ format: TableFormat = TableFormat(.delimited(by: 0x2c))
  ) throws -> (names: [String], rows: [[String]]) {
    let content = try read(Array(table.utf8), format)
    func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    return (content.names.map(string), content.rows.map { $0.map(string) })
  }

  static func version(_ text: String, _ layout: TableFormat.Layout = .delimited(by: 0x2c))
    -> TableVersion
  {
    TableVersion(ByteSource(Array(text.utf8), blockByteCount: 7), format: TableFormat(layout))
  }

  /// A gzip member.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    unsafe deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    var (input, output) = (bytes, Array(repeating: UInt8(0), count: bytes.count + 1024))
    var count = 0
    unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe (stream.next_in, stream.avail_in) = (source.baseAddress, uInt(source.count))
        unsafe (stream.next_out, stream.avail_out) = (target.baseAddress, uInt(target.count))
        unsafe deflate(&stream, Z_FINISH)
        count = unsafe target.count - Int(stream.avail_out)
      }
    }
    unsafe deflateEnd(&stream)
    return Array(output[..<count])
  }
}

/// Counts calls from any thread.
final class Counter: Sendable {
  private let count = Mutex(0)

  /// The count of calls before this one.
  func next() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }
}
