import DverCore
import DverFileSystem
import DverManifest
import DverYAML

/// Takes stages out of a `dver.yaml` and its lock; a file with nothing left in it goes.
struct StageRemoval {
  let names: [String]
  let folder: RepositoryPath

  init(names: [String], folder: RepositoryPath) {
    self.names = names
    self.folder = folder
  }

  func changes(in workspace: Workspace) throws -> [TextChange] {
    var changes: [TextChange] = []
    let definition = folder.appending(CatalogFiles.pipelineName.utf8)
    if let old = try FileSystem.contents(of: workspace.root.appending(definition)) {
      let new = try remaining(of: old, source: definition.description)
      changes.append(TextChange(path: definition, old: old, new: new))
    }
    let lock = folder.appending(CatalogFiles.lockName.utf8)
    if let old = try FileSystem.contents(of: workspace.root.appending(lock)) {
      let new = try remaining(ofLock: old, source: lock.description)
      if new != old { changes.append(TextChange(path: lock, old: old, new: new)) }
    }
    return changes
  }

  private func remaining(of bytes: [UInt8], source: String) throws -> [UInt8]? {
    var editor = try YAMLEditor(bytes: bytes, source: source, allowsOldVersion: true)
    let stages = editor.document.root?["stages"]?.pairs.map(\.key.text) ?? []
    guard stages.allSatisfy(names.contains) else {
      for name in names { try editor.remove(["stages", .key(name)]) }
      return editor.bytes
    }
    guard (editor.document.root?.pairs.count ?? 0) > 1 else { return nil }
    try editor.remove(["stages"])
    return editor.bytes
  }

  private func remaining(ofLock bytes: [UInt8], source: String) throws -> [UInt8]? {
    let lock = try LockFile.parse(bytes: bytes, source: source)
    let entries = lock.entries.map(\.name)
    let removed = entries.filter { entry in
      names.contains { entry == $0 || entry.hasPrefix($0 + "@") }
    }
    if removed.count == entries.count, lock.datasets == nil { return nil }
    return try LockFile.replacing([], removing: Set(removed), in: bytes, source: source)
  }
}
