import TestSupport
import Testing

@testable import DverTable

@Suite struct RowMarkTests {
  private func mark(_ key: UInt64, row: Int) -> RowMark {
    var print = Fingerprint.zero
    // Few keys, so that some repeat.
    (print.first, print.second) = (key &* 0x9e37_79b9_7f4a_7c15, key % 3)
    return RowMark(key: print, content: 0, row: row)
  }

  @Test(arguments: Seeds.standard)
  func marksAreSortedByKeyAndRow(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for count in [0, 1, 2, 24, 25, 1000, 20_000] {
      for keyCount in [1, 2, 300, UInt64.max] {
        var marks = (1...max(count, 1)).prefix(count).map {
          mark(UInt64.random(in: 0..<keyCount, using: &generator), row: $0)
        }
        marks.shuffle(using: &generator)
        let expected = marks.sorted { $0 < $1 }
        RowMarkSort.sort(&marks)
        #expect(
          marks.map(\.row) == expected.map(\.row), "\(count) marks of \(keyCount) keys")
      }
    }
  }

  @Test func fingerprintsDifferByContentLengthAndColumn() {
    var seen: Set<Fingerprint> = []
    var count = 0
    for column in ["a", "b", "ab", ""] {
      for length in 1..<70 {
        for byte in [0, 1, 0x61] as [UInt8] {
          let bytes = Array(repeating: byte, count: length) + Array(repeating: 0xaa, count: 16)
          unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            seen.insert(
              unsafe Fingerprint(start, count: length, seed: .seed(ofColumn: Array(column.utf8))))
          }
          count += 1
        }
      }
    }
    #expect(seen.count == count)
  }

  @Test func fingerprintsDoNotDependOnWhatFollows() {
    let prints = [0x00, 0xff].map { (rest: UInt8) -> Set<Fingerprint> in
      var prints: Set<Fingerprint> = []
      for length in 1..<40 {
        let bytes = Array(repeating: UInt8(7), count: length) + Array(repeating: rest, count: 16)
        unsafe bytes.withUnsafeBufferPointer { buffer in
          guard let start = buffer.baseAddress else { return }
          prints.insert(unsafe Fingerprint(start, count: length, seed: .zero))
        }
      }
      return prints
    }
    #expect(prints[0] == prints[1])
  }
}
