import CSystem
import DverCore
import DverFileSystem

/// What the commands of a run printed.
struct RunLogText {
  private let path: AbsolutePath

  init(_ path: AbsolutePath) { self.path = path }

  /// How far back the last lines are looked for, a line.
  private static let bytesPerLine: Int64 = 4096
  private static let blockByteCount = 1 << 20

  /// The last lines, without their ends; none where there is no log.
  ///
  /// A carriage return ends a line too, as where a program draws its progress in place.
  func lastLines(_ count: Int) throws -> [[UInt8]] {
    guard let file = try OpenFile.ifPresent(path, .read) else { return [] }
    let size = try file.status().size
    let length = min(size, Int64(count) * Self.bytesPerLine)
    let bytes = try file.read(at: size - length, count: Int(length))
    let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    return lines.suffix(count).map { Array($0) }
  }

  /// Hands over all of it, in order; for a middle that is not kept a line that says so.
  func read(_ body: ([UInt8]) throws -> Void) throws {
    guard let file = try OpenFile.ifPresent(path, .read) else { return }
    var offset: Int64 = 0
    while true {
      let data = dver_next_data(file.descriptor, offset)
      // Nothing but a hole, or a file system that does not know them.
      let start = data < 0 ? offset : data
      if start > offset {
        try body(Array("\n(\(ByteCount(start - offset)) of output are not kept)\n".utf8))
      }
      let hole = data < 0 ? -1 : dver_next_hole(file.descriptor, start)
      let end = hole < 0 ? Int64.max : hole
      offset = start
      while offset < end {
        let count = min(Int64(Self.blockByteCount), end - offset)
        let block = try file.read(at: offset, count: Int(count))
        if block.isEmpty { return }
        try body(block)
        offset += Int64(block.count)
      }
    }
  }
}
