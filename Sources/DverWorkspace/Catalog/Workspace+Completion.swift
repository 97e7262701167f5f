import DverCore
import DverFileSystem
import DverGit
import DverManifest

extension Workspace {
  /// Tracked paths and members of folders that a word on the command line may become, counted from
  /// the user's folder; folders end in a slash.
  package func completions(ofPath word: [UInt8]) throws -> [[UInt8]] {
    let split = word.lastIndex(of: RepositoryPath.slash).map { $0 + 1 } ?? 0
    let (typed, start) = (word[..<split], word[split...])
    guard let folder = AbsolutePath(Array(typed), relativeTo: current).relative(to: root) else {
      return []
    }
    var names: Set<[UInt8]> = []
    for entry in try bare == nil ? FileSystem.entries(in: root.appending(folder)) ?? [] : [] {
      names.insert(entry.name + (entry.isDirectory ? [RepositoryPath.slash] : []))
    }
    for output in try overlappingCatalog().outputs {
      guard let relative = output.path.relative(to: folder), let first = relative.components.first
      else { continue }
      let isFolder = relative.components.count > 1 || output.name?.isDirectory == true
      names.insert(Array(first) + (isFolder ? [RepositoryPath.slash] : []))
    }
    return names.filter {
      $0.starts(with: start) && ($0.first != UInt8(ascii: ".") || !start.isEmpty)
    }
    .sorted { $0.lexicographicallyPrecedes($1) }.map { Array(typed) + $0 }
  }

  /// The stages and groups of the user's folder that a word on the command line may become, then
  /// paths as ``completions(ofPath:)`` has them.
  package func completions(ofStage word: [UInt8]) throws -> [[UInt8]] {
    let folder = currentFolder
    let stages = try overlappingCatalog().pipelines.first { $0.folder == folder }?.file.stages ?? []
    var names: Set<[UInt8]> = []
    for stage in stages {
      names.insert(Array(stage.name.utf8))
      names.insert(Array(stage.name.utf8.prefix { $0 != UInt8(ascii: "@") }))
    }
    let fitting = names.filter { $0.starts(with: word) }
      .sorted { $0.lexicographicallyPrecedes($1) }
    return fitting + (try completions(ofPath: word).filter { !names.contains($0) })
  }

  /// The remotes that are configured.
  package func completionsOfRemotes() throws -> [String] { try configuration().remoteNames }

  /// The names of branches and tags.
  package func completionsOfRevisions() throws -> [String] {
    guard let git = try git() else { return [] }
    return try (git.branches() + git.tags()).map(\.name)
  }
}
