import DverCore
package import DverManifest

/// Compares a stage and what it finds around it with its stage lock.
package struct StageStaleness: Sendable {
  /// In order: the lock, the command, dependencies, parameters, outputs, the stage's nature.
  package let reasons: [StaleReason]
  private let isFrozen: Bool

  package enum Verdict: Sendable {
    case fresh
    /// All that is wrong are outputs whose recorded content can be had without running.
    case restorable
    case stale
  }

  /// That of a frozen stage depends on its outputs alone.
  package var verdict: Verdict {
    let reasons = isFrozen ? self.reasons.filter(\.isOfOutput) : self.reasons
    if reasons.isEmpty { return .fresh }
    return reasons.contains(where: \.needsRun) ? .stale : .restorable
  }

  package init(reasons: [StaleReason], isFrozen: Bool = false) {
    self.reasons = reasons
    self.isFrozen = isFrozen
  }

  /// - Parameters:
  ///   - outputs: Aligned with the stage's outputs.
  ///   - allowsMissing: Whether missing data counts as unchanged.
  package init(
    of resolved: ResolvedStage, lock: StageLock?, inputs: StageInputs, outputs: [PresentOutput],
    allowsMissing: Bool = false
  ) {
    var comparison = Comparison(resolved, lock, allowsMissing)
    let stage = resolved.stage
    if let lock {
      if !lock.commands.elementsEqual(stage.commands, by: Self.areSameBytes) {
        comparison.add(.command(old: lock.commands, new: stage.commands))
      }
      comparison.compareEnvironment(lock.environment)
    } else {
      comparison.add(.neverRan)
    }
    if !stage.isFrozen {
      comparison.compareDependencies(inputs)
      comparison.compareParameters(inputs.parameters)
    }
    comparison.compareOutputs(outputs)
    if !stage.isFrozen, Self.alwaysRuns(stage) { comparison.add(.alwaysRuns) }
    reasons = comparison.reasons
    isFrozen = stage.isFrozen
  }

  /// Strings with other bytes are equal to Swift where they look the same, but not to a command.
  fileprivate static func areSameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }

  /// Whether a stage runs each time: by its own wish, or because nothing says when it need not. One
  /// without a command has nothing to do.
  package static func alwaysRuns(_ stage: Stage) -> Bool {
    stage.alwaysRuns
      || (stage.dependencies.isEmpty && stage.parameters.isEmpty && stage.outputs.isEmpty
        && !stage.shellCommands.isEmpty)
  }
}

/// The reasons found so far, one theme after the other.
private struct Comparison {
  private let resolved: ResolvedStage
  private let lock: StageLock?
  private let allowsMissing: Bool
  private(set) var reasons: [StaleReason] = []

  init(_ resolved: ResolvedStage, _ lock: StageLock?, _ allowsMissing: Bool) {
    self.resolved = resolved
    self.lock = lock
    self.allowsMissing = allowsMissing
  }

  mutating func add(_ reason: StaleReason) { reasons.append(reason) }

  mutating func compareEnvironment(_ locked: [EnvironmentVariable]) {
    let present = resolved.stage.environment
    for variable in present {
      let old = locked.first { $0.name == variable.name }?.value
      if let old, StageStaleness.areSameBytes(old, variable.value) { continue }
      add(
        .environment(
          variable.name, old == nil ? .new : .modified, old: old, new: variable.value))
    }
    for variable in locked where !present.contains(where: { $0.name == variable.name }) {
      add(.environment(variable.name, .deleted, old: variable.value, new: nil))
    }
  }

  mutating func compareDependencies(_ inputs: StageInputs) {
    let known = RecordIndex(lock?.dependencies ?? [])
    var seen: Set<DependencyPath> = []
    for (number, record) in inputs.dependencies.enumerated() {
      // `in` and `./in` are one.
      guard seen.insert(resolved.dependencies[number]).inserted else { continue }
      let locked = known[record.path]
      if record.name == nil || inputs.missingParts[number] != nil {
        // Missing data counts as what is recorded of it; what is there counts as it is.
        let isSame = inputs.completed[number].map { $0 == locked?.name } ?? true
        if !allowsMissing {
          add(.dependency(resolved.dependencies[number], record.name == nil ? .deleted : .modified))
        } else if !isSame {
          add(.dependency(resolved.dependencies[number], locked == nil ? .new : .modified))
        }
      } else if let locked {
        if locked.name != record.name {
          add(.dependency(resolved.dependencies[number], .modified))
        }
      } else {
        add(.dependency(resolved.dependencies[number], .new))
      }
    }
  }

  mutating func compareParameters(_ present: [StageLock.ParameterFile?]) {
    for (number, selection) in resolved.stage.parameters.enumerated() {
      let file = resolved.parameterFiles[number]
      let locked = lock?.parameters.first { $0.file == selection.file }
      guard let values = present[number]?.values else {
        add(.parameterFile(file, .deleted))
        continue
      }
      guard let locked else {
        if selection.keys.isEmpty {
          add(.parameterFile(file, .new))
        } else {
          compare(values, [], keys: selection.keys, of: file)
        }
        continue
      }
      let keys =
        selection.keys.isEmpty
        ? Self.once(locked.values.map(\.key) + values.map(\.key)) : selection.keys
      compare(values, locked.values, keys: keys, of: file)
    }
  }

  private mutating func compare(
    _ present: [StageLock.Value], _ locked: [StageLock.Value], keys: [String],
    of file: DependencyPath
  ) {
    let (news, olds) = (Self.byKey(present), Self.byKey(locked))
    for key in keys {
      let (old, new) = (olds[key], news[key])
      if let old, let new, old.hasSameMeaning(as: new) { continue }
      let change: StaleReason.Change = new == nil ? .deleted : old == nil ? .new : .modified
      add(.parameter(file: file, key: key, change, old: old, new: new))
    }
  }

  private static func byKey(_ values: [StageLock.Value]) -> [String: ParameterValue] {
    Dictionary(values.map { ($0.key, $0.value) }) { first, _ in first }
  }

  mutating func compareOutputs(_ present: [PresentOutput]) {
    let known = RecordIndex(lock?.outputs ?? [])
    for (number, output) in resolved.stage.outputs.enumerated() {
      let path = resolved.outputs[number]
      let found = present[number]
      let locked = known[output.path]
      if let locked, locked.name != nil, output.isCached, !found.isLockedContentStored,
        !allowsMissing
      {
        // As with pointers, this comes first. Content that is in the workspace only has to be stored.
        add(.output(path, .notInCache, isRecoverable: found.record?.name == locked.name))
        continue
      }
      guard let record = found.record else {
        if !allowsMissing || locked == nil {
          add(.output(path, .deleted, isRecoverable: locked != nil && found.isLockedContentStored))
        }
        continue
      }
      guard let locked else {
        add(.output(path, .new, isRecoverable: false))
        continue
      }
      if record.name != locked.name {
        add(.output(path, .modified, isRecoverable: found.isLockedContentStored))
      }
    }
  }

  private static func once(_ keys: [String]) -> [String] {
    var seen: Set<String> = []
    return keys.filter { seen.insert($0).inserted }
  }
}

/// Records by path.
private struct RecordIndex {
  private let records: [OutputRecord]
  /// Of longer lists: the place of each path.
  private var places: [[UInt8]: Int] = [:]

  /// Up to here looking at every record is as fast.
  private static let smallCount = 8

  init(_ records: [OutputRecord]) {
    self.records = records
    guard records.count > Self.smallCount else { return }
    for (place, record) in records.enumerated() where places[record.path] == nil {
      places[record.path] = place
    }
  }

  subscript(path: [UInt8]) -> OutputRecord? {
    records.count <= Self.smallCount
      ? records.first { $0.path == path } : places[path].map { records[$0] }
  }
}
