import DverCore
import DverManifest

/// Bringing a stage up to date without its commands.
extension StageCourse {
  /// Puts recorded outputs in place, and stores those that are in place but not in the store.
  func restore() throws {
    var records: [Int: OutputRecord] = [:]
    for case .output(let path, _, _) in reasons {
      guard let index = stage.outputs.firstIndex(of: path) else { continue }
      let written = stage.stage.outputs[index].path
      records[index] = runner.locks[number]?.outputs.first { $0.path == written }
    }
    try put(records)
  }

  /// Puts the outputs of an earlier run with the same inputs in place; `false` if there is none.
  func restoreFromRunCache(_ key: Digest?) throws -> Bool {
    guard let key, !reasons.contains(.forced), areInputsThere,
      let records = try storage.pastOutputs(of: stage, key: key)
    else { return false }
    try put(Dictionary(uniqueKeysWithValues: records.enumerated().map { ($0.offset, $0.element) }))
    try finish(lock(outputs: records))
    return true
  }

  /// - Parameter records: By the place of the output in the stage.
  private func put(_ records: [Int: OutputRecord]) throws {
    var changed: [(index: Int, record: OutputRecord)] = []
    for (index, record) in records.sorted(by: { $0.key < $1.key }) {
      if present[index].record?.name != record.name {
        changed.append((index, record))
      } else if stage.stage.outputs[index].isCached, try !storage.isStored(record) {
        try replaceLink(of: index)
        let stored = try storage.storeOutput(stage.stage.outputs[index], at: stage.outputs[index])
        guard stored.name == record.name else {
          throw StageFailure.restoredWrongly(stage: address, stage.outputs[index])
        }
      }
    }
    guard !changed.isEmpty else { return }
    for (index, _) in changed { try storage.requireReplaceable(stage.outputs[index]) }
    let ticket = try runner.aside.begin(stage, outputs: changed.map(\.index))
    do {
      for (index, record) in changed {
        try storage.restoreOutput(
          record, as: stage.stage.outputs[index], at: stage.outputs[index])
      }
      try preserve(ticket)
      for (index, record) in changed { noteChange(of: index, to: record) }
      try runner.aside.complete(ticket)
    } catch {
      putBack(ticket)
      throw error
    }
  }

  /// Records what the stage reads and what is in the places of its outputs, as if it had just run.
  func record() throws {
    try requireInputs()
    try replaceLinks()
    try finish(lock(outputs: try storeOutputs()))
  }

  /// Records what is in the places of a frozen stage's outputs, which is what others read; what it
  /// once read and did stays on record.
  func keep() throws {
    for (index, path) in stage.outputs.enumerated() where present[index].record == nil {
      throw StageFailure.frozen(stage: address, path)
    }
    guard var lock = runner.locks[number] else {
      // Nothing is known of what it read but what is there now, if it is.
      guard (try? requireInputs()) != nil else { return }
      return try record()
    }
    try replaceLinks()
    let outputs = try storeOutputs()
    lock.outputs = outputs.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    try finish(lock)
  }
}
