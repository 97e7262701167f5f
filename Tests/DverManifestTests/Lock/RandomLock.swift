import DverCore
import DverManifest
import TestSupport

/// Lock entries that are equal for equal seeds.
enum RandomLock {
  private static let words = [
    "a", "train", "x y", "1", "null", "- b", "c: d", "e #f", "", "\u{e9}", "l1\nl2\n", "'q'",
    "true",
    "p.q", "{", "2020-01-01", "\"", "1e5",
  ]

  static func entries(_ generator: inout SeededGenerator) -> [LockFile.Entry] {
    var names: [String] = []
    for _ in 0..<Int.random(in: 1...5, using: &generator) {
      let name = "s\(Int.random(in: 0..<8, using: &generator))"
      if !names.contains(name) { names.append(name) }
    }
    return names.map { LockFile.Entry(name: $0, lock: lock(&generator)) }
  }

  private static func lock(_ generator: inout SeededGenerator) -> StageLock {
    let isList = Bool.random(using: &generator)
    let count = isList ? Int.random(in: 1...3, using: &generator) : 1
    return StageLock(
      commands: (0..<count).map { _ in word(&generator) }, commandIsList: isList,
      environment: (0..<Int.random(in: 0...2, using: &generator)).map {
        EnvironmentVariable(name: "V\($0)", value: word(&generator))
      },
      dependencies: records(&generator), parameters: parameters(&generator),
      outputs: records(&generator))
  }

  private static func records(_ generator: inout SeededGenerator) -> [OutputRecord] {
    (0..<Int.random(in: 0...3, using: &generator)).map { number in
      let digest = Digest(
        words: (generator.next(), generator.next(), generator.next(), generator.next()))
      let isDirectory = Bool.random(using: &generator)
      return OutputRecord(
        path: generator.bytes(Int.random(in: 1...4, using: &generator)).map { max($0, 1) }
          + Array("/\(number)".utf8),
        name: ContentName(digest: digest, isDirectory: isDirectory),
        size: Int64.random(in: 0...Int64.max, using: &generator),
        fileCount: isDirectory ? Int64.random(in: 0...99, using: &generator) : nil,
        isExecutable: Bool.random(using: &generator))
    }
  }

  private static func parameters(
    _ generator: inout SeededGenerator
  ) -> [StageLock.ParameterFile] {
    (0..<Int.random(in: 0...2, using: &generator)).map { number in
      StageLock.ParameterFile(
        file: "\(word(&generator))\(number)",
        values: (0..<Int.random(in: 1...3, using: &generator)).map { number in
          StageLock.Value(key: "\(word(&generator))\(number)", value: value(&generator, depth: 3))
        })
    }
  }

  private static func value(
    _ generator: inout SeededGenerator, depth: Int
  ) -> ParameterValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &generator))
    case 3: return .double(Double(bitPattern: generator.next()))
    case 4: return .string(word(&generator))
    case 5:
      let digits = "\(Int64.random(in: 1 ... .max, using: &generator))0000000000000000000"
      return ParameterValue(integer: digits) ?? .null
    case 6:
      return .list(
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in
          value(&generator, depth: depth - 1)
        })
    default:
      return .map(
        (0..<Int.random(in: 0...3, using: &generator)).map { number in
          .init(key: "\(word(&generator))\(number)", value: value(&generator, depth: depth - 1))
        })
    }
  }

  private static func word(_ generator: inout SeededGenerator) -> String {
    words[Int.random(in: 0..<words.count, using: &generator)]
  }
}
