import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverObjectStore

/// Goes through steps without changing anything, to see whether each finds what it expects.
struct UndoCheck {
  let workspace: Workspace
  /// What the steps until now would leave.
  var texts: [RepositoryPath: [UInt8]?] = [:]
  /// What is there now of them.
  var presentTexts: [[UInt8]] = []
  var data: [RepositoryPath: DataState] = [:]
  /// Where data that they would move is now.
  var places: [RepositoryPath: RepositoryPath] = [:]
  /// A step that was begun and interrupted: the data that it changes may be half done, file by file.
  private let begun: OperationRecord.Reversal?

  init(_ workspace: Workspace, begun: OperationRecord.Reversal?) {
    self.workspace = workspace
    self.begun = begun
  }

  /// Checks a step, and adapts it where somebody changed other lines of a file.
  ///
  /// - Throws: ``UndoError``.
  mutating func take(_ step: inout OperationStep) throws {
    // A link may stand where a folder stood: what lies behind it is not this workspace's.
    for path in step.paths { try workspace.refuseLinks(above: path, workspace.displayed(path)) }
    var changed = try takeTexts(&step)
    changed += try takeMoves(&step)
    var gone = try missingNodes(step)
    for change in step.data {
      let present = try state(of: change.path)
      if !present.isSame(as: change.old), !present.isSame(as: change.new) {
        let isHalfDone = change.old == .unknown || step.reversal == begun
        changed += try isHalfDone ? foreignPaths(in: change, present: present) : [change.path]
      }
      if try isMissing(change.new, at: change.path, present: present) {
        gone.append("the data of \(workspace.displayed(change.path))")
      }
      data[change.path] = change.new
    }
    let shown = Set(changed).sorted().map { workspace.displayed($0) }
    guard shown.isEmpty else { throw UndoError.changed(shown, command: step.command) }
    guard gone.isEmpty else { throw UndoError.gone(gone, command: step.command) }
  }

  // MARK: Texts

  private mutating func takeTexts(_ step: inout OperationStep) throws -> [RepositoryPath] {
    var changed: [RepositoryPath] = []
    for (index, text) in step.texts.enumerated() {
      let present =
        if let known = texts[text.path] {
          known
        } else {
          try FileSystem.contents(of: workspace.root.appending(text.path))
        }
      if texts[text.path] == nil, let present { presentTexts.append(present) }
      if present == text.old || present == text.new {
        step.texts[index] = TextChange(path: text.path, old: present, new: text.new)
      } else if let merged = try merged(text, present) {
        step.texts[index] = TextChange(path: text.path, old: present, new: merged)
      } else {
        changed.append(text.path)
      }
      texts[text.path] = .some(step.texts[index].new)
    }
    return changed
  }

  /// The present text without the operation's own lines, for files in which others write too.
  private func merged(_ text: TextChange, _ present: [UInt8]?) throws -> [UInt8]? {
    guard let present else { return nil }
    if text.path.lastComponent.elementsEqual(".gitignore".utf8) {
      return IgnoreMerge.merged(base: text.old ?? [], ours: present, theirs: text.new ?? [])
    }
    let isConfiguration = [".dver/config", ".dver/config.local"].contains {
      text.path.bytes.elementsEqual($0.utf8)
    }
    guard isConfiguration else { return nil }
    let (left, wanted) = (text.old ?? [], text.new ?? [])
    // Line by line keeps comments as they were; option by option knows what belongs together.
    return try GitTextMerge.merge(ancestor: left, ours: present, theirs: wanted)
      ?? workspace.mergedSettings(left: left, wanted: wanted, present: present)
  }
}
