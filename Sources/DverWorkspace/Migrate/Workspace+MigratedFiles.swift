import DverCore
import DverFileSystem
import DverGit
import DverHashing

extension Workspace {
  // MARK: Settings

  /// Takes over the settings that dver knows too, where it has none of its own.
  ///
  /// A remote gets a folder of its own inside of DVC's.
  func configureAsDVC(_ project: DVCProject) throws -> MigrateSummary {
    var summary = MigrateSummary()
    let settings = project.configuration
    var news: [ConfigurationLevel: [(name: String, value: [UInt8])]] = [:]
    let known = try configuration()
    if let types = settings.linkTypes, try known.layers.value("cache.type") == nil {
      news[.project, default: []].append(("cache.type", Array(types.utf8)))
    }
    for remote in settings.remotes {
      guard let folder = remote.folder else {
        summary.leftRemotes.append("\(remote.name) (\(remote.url))")
        continue
      }
      let place = folder.appending("dver")
      summary.remotes.append((remote.name, place))
      guard try known.remoteValue(remote.name, "url") == nil else { continue }
      let level: ConfigurationLevel = remote.isLocal ? .local : .project
      // As DVC had it: from the root of the file system, or from the folder of the file.
      let isAbsolute = remote.url.hasPrefix("/") || remote.url.hasPrefix("file://")
      let written = isAbsolute ? place.bytes : place.steps(from: root.appending(".dver"))
      news[level, default: []].append(("remote.\(remote.name).url", written))
    }
    if let (name, isLocal) = settings.defaultRemote, try known.defaultRemote == nil,
      summary.remotes.contains(where: { $0.name == name })
    {
      news[isLocal ? .local : .project, default: []].append(("core.remote", Array(name.utf8)))
    }
    for level in ConfigurationLevel.allCases {
      guard let values = news[level] else { continue }
      try editConfiguration("dver migrate", at: level) { file in
        for (name, value) in values { try file.set(Array(name.utf8), value) }
      }
    }
    return summary
  }

  // MARK: Copies

  /// Copies what is no data from the project: sources, and the files of DVC on request.
  ///
  /// - Throws: Before anything is copied, where a file is there already that is not the same.
  func copySources(
    of project: DVCProject, except data: [RepositoryPath], keepingFiles: Bool
  ) throws {
    let data = Set(data)
    let own = Set(project.ownFiles)
    let cache = project.configuration.cacheFolder.relative(to: project.root)
    let walk = DirectoryWalk(project.root) { path, _ in
      let path = RepositoryPath(normalized: path.indices.map { path[$0] })
      if path.components.contains(where: { $0.elementsEqual(".git".utf8) }) { return true }
      if data.contains(path) || path == cache { return true }
      if path.bytes.elementsEqual(".dvc/tmp".utf8) || path.bytes.elementsEqual(".dver".utf8) {
        return true
      }
      if keepingFiles { return false }
      return own.contains(path) || path.bytes.elementsEqual(DVCProject.folderName.utf8)
    }
    let found = try walk.run()
    for index in 0..<found.count where found.kinds[index] != .emptyDirectory {
      let path = RepositoryPath(normalized: Array(found.paths[index]))
      let target = root.appending(path)
      try refuseLinks(above: path, displayed(path))
      guard try FileSystem.exists(target) else { continue }
      // One that is there gets the lines that it lacks.
      let name = path.lastComponent
      if name.elementsEqual(".gitignore".utf8) || name.elementsEqual(".dverignore".utf8) {
        continue
      }
      guard try isSame(project.root.appending(path), target) else {
        throw WorkspaceError.exists(displayed(path))
      }
    }
    try copyTree(found, from: project.root, to: root)
  }

  private func isSame(_ one: AbsolutePath, _ other: AbsolutePath) throws -> Bool {
    let (first, second) = (try FileSystem.status(of: one), try FileSystem.status(of: other))
    guard let first, let second, first.kind == second.kind else { return false }
    if first.isLink {
      return try FileSystem.destination(ofLink: one) == FileSystem.destination(ofLink: other)
    }
    guard first.isFile, first.size == second.size else { return false }
    var hasher = FileHasher()
    return try hasher.digest(ofFileAt: one).digest == hasher.digest(ofFileAt: other).digest
  }

  // MARK: Removal

  /// Removes the files of DVC; what is not known to be DVC's stays, as do objects of its cache that
  /// were not taken over, and a cache that others may use.
  func remove(_ project: DVCProject, taken objects: DVCObjects) throws {
    let folder = root.appending(DVCProject.folderName)
    if let cache = project.ownCache { try objects.removeTaken(from: cache) }
    for name in ["btime", "lock", "rwlock", "rwlock.lock"] {
      try FileSystem.removeFile(folder.appending("tmp").appending(name))
    }
    _ = try? FileSystem.removeEmptyDirectory(folder.appending("tmp"))
    let known = ["config", ".gitignore"]
    let rest = try (FileSystem.names(in: folder) ?? []).filter { name in
      !known.contains { name.elementsEqual($0.utf8) }
    }
    // Where something stays, git must not begin to see it.
    let goes = rest.isEmpty ? known : ["config"]
    let paths =
      project.ownFiles
      + goes.map { RepositoryPath(normalized: Array("\(DVCProject.folderName)/\($0)".utf8)) }
    try perform("dver migrate --remove-dvc") {
      var removal = Changes()
      removal.texts = try paths.compactMap { path in
        guard let old = try FileSystem.contents(of: root.appending(path)) else { return nil }
        return TextChange(path: path, old: old, new: nil)
      }
      return removal
    }
    if rest.isEmpty {
      _ = try? FileSystem.removeEmptyDirectory(folder)
      return
    }
    let names = rest.sorted { $0.lexicographicallyPrecedes($1) }.map { PathQuoting.quoted($0) }
    notices.warning(
      "\(DVCProject.folderName) keeps \(names.joined(separator: ", ")): older commits or you may need it"
    )
  }
}
