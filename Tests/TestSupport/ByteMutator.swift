/// Damages bytes the way that disks, programs and people do, and the way that confuses readers most:
/// bits, cuts, pieces in the wrong place, lengths that are not true, records twice.
///
/// Repeatable: equal seeds damage equal bytes equally.
package struct ByteMutator: Sendable {
  private var generator: SeededGenerator
  /// What pieces are taken from, besides the bytes themselves: other files, and words of the format.
  private let donors: [[UInt8]]

  package init(seed: UInt64, donors: [[UInt8]]) {
    generator = SeededGenerator(seed: seed)
    self.donors = donors.filter { !$0.isEmpty }
  }

  /// A copy with one to four changes.
  package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&result) }
    return result
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: flipBit(&bytes)
    case 1: bytes.removeLast(below(bytes.count + 1))
    case 2: bytes.removeSubrange(range(in: bytes))
    case 3: splice(&bytes, bytes)
    case 4: splice(&bytes, donors.randomElement(using: &generator) ?? [])
    case 5: changeNumber(&bytes)
    case 6: changeDigits(&bytes)
    case 7: repeatLine(&bytes)
    default:
      if !bytes.isEmpty {
        bytes[below(bytes.count)] = Self.oddBytes[below(Self.oddBytes.count)]
      }
    }
  }

  private static let oddBytes: [UInt8] = [
    0, 1, 9, 10, 13, 32, 34, 35, 37, 39, 44, 45, 47, 58, 91, 92, 93, 123, 125, 127, 128, 192, 255,
  ]

  private mutating func below(_ limit: Int) -> Int {
    limit > 0 ? Int.random(in: 0..<limit, using: &generator) : 0
  }

  /// Mostly short.
  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = below(bytes.count)
    let longest = below(4) == 0 ? bytes.count : 64
    return start..<min(bytes.count, start + below(longest + 1))
  }

  private mutating func flipBit(_ bytes: inout [UInt8]) {
    if !bytes.isEmpty { bytes[below(bytes.count)] ^= 1 << UInt8(below(8)) }
  }

  private mutating func splice(_ bytes: inout [UInt8], _ donor: [UInt8]) {
    let piece = donor[range(in: donor)]
    let start = below(bytes.count + 1)
    let end = below(2) == 0 ? start : min(bytes.count, start + piece.count)
    bytes.replaceSubrange(start..<end, with: piece)
  }

  /// Writes a number that lies about how much there is, little-endian, mostly over another one.
  private mutating func changeNumber(_ bytes: inout [UInt8]) {
    let width = below(2) == 0 ? 4 : 8
    guard bytes.count >= width else { return }
    let numbers: [UInt64] = [
      0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32, 1 << 62, .max >> 1, 1 << 63, .max,
      UInt64(bytes.count), UInt64(bytes.count) + 1, UInt64(below(bytes.count)),
    ]
    let number = numbers[below(numbers.count)]
    // Fields of binary formats are aligned; from the end, for the footer.
    let place = below(bytes.count / 4) * 4
    let start = below(2) == 0 ? place : bytes.count - width - min(place, bytes.count - width)
    guard start + width <= bytes.count else { return }
    for index in 0..<width {
      bytes[start + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
    }
  }

  /// Puts another decimal number in the place of one.
  private mutating func changeDigits(_ bytes: inout [UInt8]) {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let starts = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1])) }
    guard let start = starts.randomElement(using: &generator) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let numbers = [
      "0", "00", "1", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551616",
      "1e9", "0x10", "", String(repeating: "9", count: 400),
    ]
    bytes.replaceSubrange(start..<end, with: Array(numbers[below(numbers.count)].utf8))
  }

  private mutating func repeatLine(_ bytes: inout [UInt8]) {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    guard let line = lines.randomElement(using: &generator) else { return }
    let times = below(20) == 0 ? 1000 : 1
    let at = below(2) == 0 ? line.endIndex : bytes.count
    let copies = (0..<times).flatMap { _ in [10] + line }
    if bytes.count < 1 << 20 { bytes.insert(contentsOf: copies, at: min(at, bytes.count)) }
  }
}

/// Reads many damaged files.
///
/// - Parameters:
///   - subject: For the report of `make torture`.
///   - files: Sound files; each one must be read.
///   - rounds: How many are made of each in a plain run; torture makes a hundred times as many.
///   - read: Throws what the reader throws, or proves that what it read is right.
///   - isExpected: Whether the error is one that tells the user what is wrong.
/// - Throws: What was wrong, with the bytes that showed it.
package func fuzz(
  _ subject: String, files: [[UInt8]], words: [String] = [], rounds: Int = 300,
  read: ([UInt8]) throws -> Void, isExpected: (any Error) -> Bool
) throws {
  for file in files { try read(file) }
  let seed = Command.variable("DVER_FUZZ_SEED").flatMap { UInt64($0) } ?? 1
  let count = rounds * (Torture.isFull ? 100 : 1)
  var mutator = ByteMutator(seed: seed, donors: files + words.map { Array($0.utf8) })
  var refusedCount = 0
  for file in files {
    for _ in 0..<count {
      let bytes = mutator.mutated(file)
      do {
        try read(bytes)
      } catch {
        guard isExpected(error) else {
          throw SupportError("\(error), for \(bytes.count) bytes: \(bytes.prefix(4000))")
        }
        refusedCount += 1
      }
    }
  }
  guard refusedCount > 0 else { throw SupportError("nothing was refused") }
  Torture.note("fuzz: \(subject)", "refused", refusedCount)
  Torture.note("fuzz: \(subject)", "read, and right", count * files.count - refusedCount)
}
