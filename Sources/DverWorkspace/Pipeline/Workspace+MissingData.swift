import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore

/// Tracked data that is not there, or in part.
extension Workspace {
  /// Whether nothing is at `path`, or a link into a store that leads nowhere.
  func isAbsent(_ path: RepositoryPath) throws -> Bool {
    let place = root.appending(path)
    guard let status = try FileSystem.status(of: place) else { return true }
    guard status.isLink, let target = try object(behindLink: place) else { return false }
    return target.status == nil
  }

  /// What is tracked at, above or inside of `path` and is not there: whole outputs, and of a directory
  /// that is there in part what was never fetched.
  func missingData(
    at path: RepositoryPath, in catalog: Catalog
  ) throws -> [RepositoryPath] {
    if let output = catalog.output(containing: path) {
      return try isAbsent(path) ? [path] : missingMembers(of: output, in: path)
    }
    let outputs = catalog.outputs(inside: path)
    if try isAbsent(path) { return outputs.isEmpty ? [] : [path] }
    return try outputs.flatMap { output -> [RepositoryPath] in
      try isAbsent(output.path) ? [output.path] : missingMembers(of: output, in: output.path)
    }
  }

  /// Members of a directory that is there, at or below `folder`, that neither the workspace nor the
  /// cache has: they were not removed but never fetched. Where their folder is missing, that folder.
  func missingMembers(
    of output: TrackedOutput, in folder: RepositoryPath
  ) throws -> [RepositoryPath] {
    guard output.isCached, let name = output.name, name.isDirectory else { return [] }
    let entries: EntryTable
    do {
      entries = try manifests.entries(of: output.path, root: name.digest)
    } catch is ManifestLookupError {
      return []
    }
    let store = try cacheIfPresent()
    if let store, try hasFiles(of: entries, name: name, at: output.path, in: store) { return [] }
    var missing: Set<RepositoryPath> = []
    for (index, kind) in entries.kinds.enumerated() where kind == .file || kind == .executable {
      var member = output.path.appending(entries.paths[index])
      guard member.isInside(folder), try isAbsent(member),
        try store?.contains(entries.digests[index]) != true
      else { continue }
      while try isAbsent(member.parent) { member = member.parent }
      missing.insert(member)
    }
    return missing.sorted()
  }
}
