/// A moment at which the power goes, and what becomes of the changes that no sync had made safe.
package struct PowerCut: Sendable, CustomStringConvertible {
  package enum Rule: Sendable {
    /// None happened.
    case dropAll
    /// All happened.
    case keepAll
    /// Names and modes are as if they had all happened; new data is missing, or zeros.
    case keepNamesWithoutData
    case keepNamesWithZeros
    /// All data was written, to files without a name where the name is new.
    case keepDataWithoutNames
    /// Everything happened but in one directory, whose last changes of names are missing.
    case dropNamesOfOneDirectory(seed: UInt64)
    /// As file systems with a journal do: names and modes up to some moment, and any of the data.
    case journal(seed: UInt64)
    /// Any of the names in any order, and any blocks of the data.
    case anything(seed: UInt64)
  }

  /// So many operations happened.
  package let operationCount: Int
  package let rule: Rule

  package init(after operationCount: Int, _ rule: Rule) {
    (self.operationCount, self.rule) = (operationCount, rule)
  }

  package var description: String { "a power cut after \(operationCount) operations, \(rule)" }

  /// Each kind once, the seeded ones for this seed.
  package static func rules(seed: UInt64) -> [Rule] {
    [
      .dropAll, .keepAll, .keepNamesWithoutData, .keepNamesWithZeros, .keepDataWithoutNames,
      .dropNamesOfOneDirectory(seed: seed), .journal(seed: seed), .anything(seed: seed),
    ]
  }
}

/// What becomes of one effect.
enum EffectFate: Sendable {
  case kept
  case dropped
  /// The file grew, but what was written is not there.
  case zeros
  /// Only so many of the bytes are there, and the file ends with them.
  case prefix(Int)
}

extension PowerCut {
  /// The fate of each effect that happened, in their order.
  func fates(of effects: [ModelEffect]) -> [EffectFate] {
    let past = effects.prefix { $0.operation < operationCount }
    let isPending = past.map { $0.durableFrom >= operationCount }
    var fates = isPending.map { $0 ? EffectFate.dropped : .kept }
    for (index, effect) in past.enumerated() where isPending[index] {
      switch rule {
      case .dropAll: break
      case .keepAll, .dropNamesOfOneDirectory: fates[index] = .kept
      case .keepNamesWithoutData: fates[index] = effect.isData ? .dropped : .kept
      case .keepNamesWithZeros: fates[index] = effect.isData ? .zeros : .kept
      case .keepDataWithoutNames: fates[index] = effect.isData ? .kept : .dropped
      case .journal, .anything: break
      }
    }
    switch rule {
    case .dropNamesOfOneDirectory(let seed):
      dropOneDirectory(past, isPending, SeededGenerator(seed: seed), &fates)
    case .journal(let seed): journal(past, isPending, SeededGenerator(seed: seed), &fates)
    case .anything(let seed): chooseAny(past, isPending, SeededGenerator(seed: seed), &fates)
    default: break
    }
    keepInOrder(past, isPending, &fates)
    return fates
  }

  private func dropOneDirectory(
    _ past: ArraySlice<ModelEffect>, _ isPending: [Bool], _ generator: SeededGenerator,
    _ fates: inout [EffectFate]
  ) {
    var generator = generator
    var changesOfDirectory: [Int: [Int]] = [:]
    for (index, effect) in past.enumerated() where isPending[index] {
      guard case .names(let assignments) = effect.change else { continue }
      for directory in Set(assignments.map(\.directory)) {
        changesOfDirectory[directory, default: []].append(index)
      }
    }
    let directories = changesOfDirectory.keys.sorted()
    guard let directory = directories.randomElement(using: &generator),
      let changes = changesOfDirectory[directory]
    else { return }
    let kept = Int.random(in: 0..<changes.count, using: &generator)
    for index in changes[kept...] { fates[index] = .dropped }
  }

  /// The journal is written in order, and as a whole whenever anything is synced.
  private func journal(
    _ past: ArraySlice<ModelEffect>, _ isPending: [Bool], _ generator: SeededGenerator,
    _ fates: inout [EffectFate]
  ) {
    var generator = generator
    let lastSync = past.map(\.durableFrom).filter { $0 < operationCount }.max() ?? 0
    let end = Int.random(in: min(lastSync, operationCount)...operationCount, using: &generator)
    for (index, effect) in past.enumerated() where isPending[index] {
      if effect.isData {
        fates[index] = dataFate(effect, &generator)
      } else if effect.operation < end {
        fates[index] = .kept
      }
    }
  }

  private func chooseAny(
    _ past: ArraySlice<ModelEffect>, _ isPending: [Bool], _ generator: SeededGenerator,
    _ fates: inout [EffectFate]
  ) {
    var generator = generator
    // Sometimes almost everything happened, sometimes hardly anything.
    let chance = Int.random(in: 1...9, using: &generator)
    for (index, effect) in past.enumerated() where isPending[index] {
      let isKept = Int.random(in: 0..<10, using: &generator) < chance
      fates[index] =
        effect.isData ? dataFate(effect, &generator) : isKept ? .kept : .dropped
    }
  }

  private func dataFate(
    _ effect: ModelEffect, _ generator: inout SeededGenerator
  ) -> EffectFate {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return .dropped
    case 1: return .zeros
    case 2:
      guard case .write(_, let bytes) = effect.change, bytes.count > 1 else { return .kept }
      let blocks = (bytes.count - 1) / Self.blockSize
      return .prefix(Int.random(in: 0...blocks, using: &generator) * Self.blockSize)
    default: return .kept
    }
  }

  private static let blockSize = 4096

  /// One file's names change in their order, or a directory would be in two places; and so does what a
  /// name stands for: a file that was renamed is not overwritten by what took its old name.
  private func keepInOrder(
    _ past: ArraySlice<ModelEffect>, _ isPending: [Bool], _ fates: inout [EffectFate]
  ) {
    var isBroken: Set<Subject> = []
    // What is safe has safe predecessors.
    var lastSafe: [Subject: Int] = [:]
    for (index, effect) in past.enumerated() where !isPending[index] {
      for subject in subjects(of: effect) { lastSafe[subject] = index }
    }
    for (index, effect) in past.enumerated() where isPending[index] {
      let subjects = subjects(of: effect)
      if subjects.contains(where: { index < lastSafe[$0] ?? 0 }) {
        fates[index] = .kept
      } else if case .dropped = fates[index] {
        isBroken.formUnion(subjects)
      } else if !isBroken.isDisjoint(with: subjects) {
        fates[index] = .dropped
        isBroken.formUnion(subjects)
      }
    }
  }

  /// What a change of names is a change of; nothing for others.
  private func subjects(of effect: ModelEffect) -> [Subject] {
    guard case .names(let assignments) = effect.change else { return [] }
    return [.file(effect.file)] + assignments.map { .name($0.name, directory: $0.directory) }
  }

  private enum Subject: Hashable {
    case file(Int)
    case name([UInt8], directory: Int)
  }
}
