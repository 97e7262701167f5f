import DverCore
import DverFileSystem
import DverGit
import DverManifest

/// Merges the versions of a `dver.lock` stage by stage: an entry is one thing, for it says what one
/// run read and wrote.
struct LockResolver {
  private let workspace: Workspace
  private let path: RepositoryPath
  private let conflict: GitConflict
  private let file: ConflictedFile
  private let base: LockFile?
  private let ours: LockFile
  private let theirs: LockFile
  private let baseProblem: String?

  init(_ file: ConflictedFile, in workspace: Workspace) throws {
    self.workspace = workspace
    self.file = file
    (path, conflict) = (file.path, file.conflict)
    let source = file.path.description
    func parsed(_ bytes: [UInt8]?) throws -> LockFile {
      try LockFile.parse(bytes: bytes ?? [], source: source)
    }
    (ours, theirs) = (try parsed(file.ours), try parsed(file.theirs))
    do {
      (base, baseProblem) = (try parsed(file.base), nil)
    } catch let error as any DverError {
      (base, baseProblem) = (nil, "the common version cannot be read: \(error.message)")
    }
  }

  /// The stages of all versions, in the order of ours, then of theirs.
  var stages: [String] {
    let known = ours.entries.map(\.name)
    let set = Set(known)
    return known + theirs.entries.map(\.name).filter { !set.contains($0) }
  }

  func run(_ selection: inout ResolveSelection) throws -> ResolveOutcome {
    let outputs: [String: [TrackedOutput]]
    do {
      outputs = try stageOutputs()
    } catch let error as any DverError {
      return .undecided([undecided(.file, "modified", "modified", reason: error.message)])
    }
    var (news, removed): ([LockFile.Entry], Set<String>) = ([], [])
    var conflicts: [ResolveConflict] = []
    for name in stages {
      let (old, mine, other) = (base?[name], ours[name], theirs[name])
      if Self.isSame(mine, other) || base != nil && Self.isSame(old, other) { continue }
      if base == nil || !Self.isSame(old, mine) {
        guard let side = selection.side(ofStage: name, in: path, conflict) else {
          conflicts.append(
            undecided(
              .stage(name), action(old, mine), action(old, other), reason: baseProblem))
          continue
        }
        if side == .ours { continue }
      }
      if let other {
        news.append(LockFile.Entry(name: name, lock: other))
      } else {
        removed.insert(name)
      }
    }
    guard conflicts.isEmpty else { return .undecided(conflicts) }
    return .resolved(try result(news, removed, outputs))
  }

  private func result(
    _ news: [LockFile.Entry], _ removed: Set<String>, _ outputs: [String: [TrackedOutput]]
  ) throws -> ResolvedFile {
    let text = try LockFile.replacing(
      news, removing: removed, in: file.ours ?? [], source: path.description)
    let lock = try LockFile.parse(bytes: text, source: path.description)
    var result = ResolvedFile(text: lock.entries.isEmpty ? nil : text)
    for name in stages where !Self.isSame(ours[name], theirs[name]) {
      for output in outputs[name] ?? [] {
        func root(_ lock: StageLock?) -> Digest? {
          lock?.outputs.first { $0.path == output.record.path }?.name?.directoryDigest
        }
        let (old, new) = (root(ours[name]), root(lock[name]))
        if let new { try workspace.keepNodes(of: output.path, root: new) }
        if output.isCached { result.ignored.append(output.path) }
        if old != nil || new != nil {
          result.manifests.append(ManifestChange(path: output.path, old: old, new: new))
        }
      }
    }
    return result
  }

  /// Where the outputs of stages are, as `dver.yaml` says; their records hold the path alone.
  private func stageOutputs() throws -> [String: [TrackedOutput]] {
    let definition = path.parent.appending(CatalogFiles.pipelineName.utf8)
    guard let bytes = try FileSystem.contents(of: workspace.root.appending(definition)) else {
      return [:]
    }
    let pipeline = CatalogFiles.Pipeline(
      folder: path.parent, file: try workspace.definition(at: definition, bytes: bytes),
      lock: LockFile())
    return Dictionary(grouping: try Catalog.outputs(of: pipeline)) { output in
      if case .stage(let name, _) = output.origin { name } else { "" }
    }
  }

  private static func isSame(_ left: StageLock?, _ right: StageLock?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.hasSameMeaning(as: right)
  }

  private func action(_ old: StageLock?, _ new: StageLock?) -> String {
    new == nil ? (old == nil ? "absent" : "deleted") : old == nil ? "added" : "modified"
  }

  private func undecided(
    _ subject: ResolveConflict.Subject, _ ours: String, _ theirs: String, reason: String?
  ) -> ResolveConflict {
    ResolveConflict(file: path, subject: subject, ours: ours, theirs: theirs, reason: reason)
  }
}
