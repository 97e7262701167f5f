package import DverCore
import Glibc

/// What must hold for any bytes that stand where a file of dver should.
package protocol FuzzTarget {
  /// Sound files to begin with, beside those of `fixtures`.
  static var seeds: [[UInt8]] { get throws }
  /// Files that are almost sound, in a way that changes of single bytes hardly come upon.
  static var refusedSeeds: [[UInt8]] { get throws }
  /// Each one is asked about the same bytes: returns where all is right, throws what the reader
  /// throws, or what is wrong.
  static var properties: [([UInt8]) throws -> Void] { get }
  /// Whether the error is one that tells the user what is wrong with which file.
  static func isExpected(_ error: any DverError) -> Bool
}

extension FuzzTarget {
  /// The name of the file, for messages.
  package static var source: String { "some.file" }

  package static var refusedSeeds: [[UInt8]] { [] }

  package static func isExpected(_ error: any DverError) -> Bool { error.message.contains(source) }

  /// For `LLVMFuzzerTestOneInput`: ends the process where a property does not hold, for then
  /// libFuzzer keeps the bytes.
  package static func check(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    for property in properties {
      do {
        try property(bytes)
      } catch {
        guard let error = error as? any DverError, isExpected(error) else { fatalError("\(error)") }
      }
    }
    return 0
  }

  /// For `LLVMFuzzerInitialize`: writes the seeds into the folder `DVER_FUZZ_SEEDS` and ends, if
  /// there is that variable.
  package static func start() -> CInt {
    guard let folder = unsafe getenv("DVER_FUZZ_SEEDS") else { return 0 }
    do {
      let (sound, refused) = (try seeds, try refusedSeeds)
      for (number, seed) in (sound + refused).enumerated() {
        let readCount = properties.count { (try? $0(seed)) != nil }
        let isExpected = number < sound.count ? readCount > 0 : readCount < properties.count
        try require(isExpected, "seed \(number) is read by \(readCount) readers")
        try write(seed, to: "\(unsafe String(cString: folder))/\(number).seed")
      }
    } catch {
      fatalError("\(error)")
    }
    exit(0)
  }

  private static func write(_ seed: [UInt8], to path: String) throws {
    let file = unsafe fopen(path, "w")
    let count = unsafe file.map { unsafe fwrite(seed, 1, seed.count, $0) }
    let isClosed = unsafe file.map { unsafe fclose($0) } == 0
    try require(count == seed.count && isClosed, "cannot write \(path)")
  }
}
