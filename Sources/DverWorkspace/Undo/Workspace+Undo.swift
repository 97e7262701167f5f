package import DverCore
import DverFileSystem
import DverManifest

/// An operation as the user sees it.
package struct OperationEntry: Sendable {
  package let number: Int
  package let command: String
  /// Nanoseconds since 1970.
  package let started: Int64
  /// Whether it was taken back.
  package let isUndone: Bool
  /// The operations that it took back.
  package let undone: [Int]
  /// The operations that it carried out once more.
  package let redone: [Int]
  package let paths: [RepositoryPath]
}

/// What `undo` did, or would do.
package struct UndoSummary: Sendable {
  package struct Step: Sendable {
    package let number: Int
    package let command: String
    package let isRedo: Bool
    package let paths: [RepositoryPath]
  }

  package let steps: [Step]
}

extension Workspace {
  /// What was done here, newest first.
  package func operationEntries() throws -> [OperationEntry] {
    let history = OperationHistory(try operations.finished())
    let counting = history.counting()
    return history.groups.reversed().map { group in
      let reversals = group.reversals
      return OperationEntry(
        number: group.number, command: group.command, started: group.started,
        isUndone: reversals.isEmpty && !counting.contains(group.number),
        undone: reversals.filter { !$0.isRedo }.map(\.group),
        redone: reversals.filter(\.isRedo).map(\.group),
        paths: OperationStep(group, isRedo: true).paths)
    }
  }

  /// Takes back the last operation, or goes to where things were after another one.
  ///
  /// - Parameter target: The number of that operation, 0 for before the first.
  /// - Throws: ``UndoError``, with nothing changed.
  package func undo(to target: String?, isDry: Bool) throws -> UndoSummary {
    let number = try target.map { text in
      guard let number = Int(text), number >= 0 else { throw UndoError.notANumber(text) }
      return number
    }
    let history = OperationHistory(try operations.finished())
    if number == nil, let finished = try finishBegun(in: history, isDry: isDry) { return finished }
    var steps: [OperationStep] = []
    for reversal in try history.steps(to: number) {
      guard let group = history.group(reversal.group) else {
        throw UndoError.unknown(reversal.group)
      }
      steps.append(OperationStep(group, isRedo: reversal.isRedo))
    }
    var check = UndoCheck(self, begun: try begunReversal())
    for index in steps.indices { try check.take(&steps[index]) }
    try check.requireContents(of: steps)
    let summary = UndoSummary(
      steps: steps.map {
        UndoSummary.Step(
          number: $0.reversal.group, command: $0.command, isRedo: $0.reversal.isRedo,
          paths: $0.paths)
      })
    try fileIndex.save()
    guard !isDry else { return summary }
    let command = "dver undo" + (number.map { " --to \($0)" } ?? "")
    let before = try? overlappingCatalog()
    do {
      for step in steps { try carryOut(step, command: command) }
    } catch {
      // The step that was begun is finished by the next undo. As an operation of its own, what was
      // done of it would be what that one takes back.
      _ = dataNotes.take()
      throw error
    }
    try followTracked(from: before)
    try fileIndex.save()
    progress.end()
    return summary
  }

  private func carryOut(_ step: OperationStep, command: String) throws {
    try waitForIndex()
    // From here on what is half done is ours to finish.
    try FileSystem.makeDirectories(stateFolder)
    let word = step.reversal.isRedo ? "redo" : "undo"
    try FileSystem.replaceContents(
      of: begunFile, with: Array("\(word) \(step.reversal.group)\n".utf8), synced: true)
    if !step.data.isEmpty {
      do {
        // Else a checkout would take what is restored for changes of the user's.
        try withLease("checkout", command) {
          for change in step.data { try restoreData(change, command: command) }
        }
      } catch {
        // What changed nothing is not begun.
        if (try? isUntouched(step)) == true { _ = try? FileSystem.removeFile(begunFile) }
        throw error
      }
    }
    try perform(command, reversal: step.reversal) {
      var changes = Changes()
      for text in step.texts {
        let present = try FileSystem.contents(of: root.appending(text.path))
        guard present == text.old || present == text.new else {
          throw UndoError.changed([displayed(text.path)], command: step.command)
        }
        changes.texts.append(TextChange(path: text.path, old: present, new: text.new))
      }
      changes.manifests = step.manifests
      changes.conflicts = step.conflicts
      for move in step.moves {
        guard let status = try FileSystem.status(of: root.appending(move.source)) else { continue }
        changes.moves.append(
          DataMove(source: move.source, target: move.target, inode: status.inode))
      }
      return changes
    }
    for move in step.moves { try moveDirectoryIndex(from: move.source, to: move.target) }
    try FileSystem.removeFile(begunFile)
    reloadConfiguration()
  }

  private func isUntouched(_ step: OperationStep) throws -> Bool {
    try step.data.allSatisfy { try dataState(of: $0.path).isSame(as: $0.old) }
  }

  /// Data that is no longer tracked is the user's; what is tracked again is dver's.
  private func followTracked(from before: Catalog?) throws {
    guard let before, let after = try? overlappingCatalog() else { return }
    let (old, new) = (Set(before.outputs.map(\.path)), Set(after.outputs.map(\.path)))
    try forgetTracked(before.outputs.map(\.path).filter { !new.contains($0) })
    let added = after.outputs.filter { !old.contains($0.path) }.compactMap { output in
      output.name.map { (name: $0, path: output.path) }
    }
    if !added.isEmpty { try rememberTracked(added) }
  }

  // MARK: A step that was interrupted

  private var begunFile: AbsolutePath { stateFolder.appending("undoing") }

  /// Ends an undo that was interrupted after all was written down that it takes: what is left of it was
  /// carried out when that was found.
  ///
  /// - Returns: What it did; `nil` where there is none, or other work came after it.
  private func finishBegun(
    in history: OperationHistory, isDry: Bool
  ) throws -> UndoSummary? {
    guard let begun = try begunReversal(), history.groups.last?.reversals.last == begun,
      let group = history.group(begun.group)
    else { return nil }
    let step = OperationStep(group, isRedo: begun.isRedo)
    if !isDry {
      for move in step.moves { try moveDirectoryIndex(from: move.source, to: move.target) }
      try FileSystem.removeFile(begunFile)
    }
    return UndoSummary(steps: [
      UndoSummary.Step(
        number: begun.group, command: step.command, isRedo: begun.isRedo, paths: step.paths)
    ])
  }

  private func begunReversal() throws -> OperationRecord.Reversal? {
    guard let bytes = try FileSystem.contents(of: begunFile) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    guard words.count == 2, let group = Int(words[1]) else { return nil }
    return OperationRecord.Reversal(group: group, isRedo: words[0] == "redo")
  }
}
