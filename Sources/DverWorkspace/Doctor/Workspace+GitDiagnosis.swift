import DverCore
import DverFileSystem
import DverGit

extension Workspace {
  /// What git does to the files that dver keeps in it, and whether it keeps out of the data.
  func diagnoseGit(_ diagnosis: inout Diagnosis, catalog: Catalog?) throws {
    guard let git = try git() else { return diagnosis.state("git", "not used") }
    let prefix = gitPrefix(in: git)
    diagnosis.state("git", PathQuoting.quoted(git.workTree ?? git.gitDirectory))
    diagnosis.state("hooks", try hasHooks(in: git) ? "installed" : "not installed")
    for (path, text) in Self.ownTexts
    where try FileSystem.contents(of: root.appending(path)) != Array(text.utf8) {
      diagnosis.report(
        .problem, "\(displayed(path)) is not as this version writes it",
        hint: "run 'dver doctor --upgrade'")
    }
    for name in ["cache", "tmp", "state", "config.local"] {
      let path = RepositoryPath(normalized: Array(".dver/\(name)".utf8))
      if try git.isTracked(prefix.gitPath(path)) {
        diagnosis.report(
          .problem, "git tracks \(displayed(path))",
          hint: "run 'git rm -r --cached \(displayed(path))'")
      }
    }
    try diagnoseSparseCheckout(&diagnosis, git, prefix)
    guard let catalog else { return }
    for file in try keptFiles(catalog) { try diagnose(file, in: git, prefix, &diagnosis) }
    for output in catalog.outputs where output.isCached {
      try diagnoseData(output, in: git, prefix, &diagnosis)
    }
  }

  /// The text files that git must keep as they are.
  private func keptFiles(_ catalog: Catalog) throws -> [(path: RepositoryPath, isNode: Bool)] {
    var files = catalog.pointers.map { (path: $0.path, isNode: false) }
    for pipeline in catalog.pipelines {
      let names = [CatalogFiles.pipelineName, CatalogFiles.lockName]
      for path in names.map({ pipeline.folder.appending($0.utf8) })
      where try FileSystem.exists(root.appending(path)) {
        files.append((path, false))
      }
    }
    for output in catalog.outputs where output.name?.isDirectory == true {
      let node = RepositoryPath(normalized: [UInt8(ascii: "+")])
      files.append((ManifestFiles.gitPath(of: output.path, node), true))
    }
    return files
  }

  private func diagnose(
    _ file: (path: RepositoryPath, isNode: Bool), in git: GitRepository, _ prefix: GitPathPrefix,
    _ diagnosis: inout Diagnosis
  ) throws {
    let path = prefix.gitPath(file.path)
    if try git.isIgnored(path, isDirectory: false), try !git.isTracked(path) {
      diagnosis.report(
        .problem, "git ignores \(displayed(file.path))",
        hint: "run 'git check-ignore -v \(displayed(file.path))' and change that rule")
    }
    var conversion = try git.conversion(of: path)
    // Pointers and locks are read with either line end.
    if !file.isNode { conversion.remove(.lineEnds) }
    if !conversion.isEmpty {
      diagnosis.report(
        .problem, "git would change the bytes of \(displayed(file.path))",
        hint: "run 'git check-attr -a \(displayed(file.path))' and change that attribute")
    }
  }

  private func diagnoseData(
    _ output: TrackedOutput, in git: GitRepository, _ prefix: GitPathPrefix,
    _ diagnosis: inout Diagnosis
  ) throws {
    let (path, shown) = (prefix.gitPath(output.path), displayed(output.path))
    let isDirectory = output.name?.isDirectory == true
    if try git.isTracked(path) {
      diagnosis.report(
        .problem, "git tracks the data \(shown)", hint: "run 'git rm -r --cached \(shown)'")
    } else if try FileSystem.exists(root.appending(output.path)),
      try !git.isIgnored(path, isDirectory: isDirectory)
    {
      diagnosis.report(
        .problem, "git does not ignore the data \(shown)",
        hint: "run 'dver doctor --upgrade' to put it into .gitignore")
    }
  }

  // MARK: Upgrading

  /// Brings files up to date that dver wrote itself: those of `.dver`, manifest nodes that are not
  /// those of their pointers, and ignore lines of tracked data.
  func upgrade() throws {
    let catalog = try catalog()
    let git = try git()
    try perform("dver doctor --upgrade", isUndoable: false) {
      var changes = Changes()
      for (path, text) in Self.ownTexts {
        let old = try FileSystem.contents(of: root.appending(path))
        guard old != Array(text.utf8) else { continue }
        changes.texts.append(TextChange(path: path, old: old, new: Array(text.utf8)))
      }
      var ignores = IgnoreLines(workspace: self)
      for output in catalog.outputs {
        if let name = output.name, name.isDirectory,
          try !isWritten(output.path, root: name.digest)
        {
          changes.manifests.append(
            ManifestChange(path: output.path, old: name.digest, new: name.digest))
        }
        if output.isCached, let git {
          let path = gitPrefix(in: git).gitPath(output.path)
          let isDirectory = output.name?.isDirectory == true
          if try !git.isIgnored(path, isDirectory: isDirectory) { try ignores.add(output.path) }
        }
      }
      changes.texts += ignores.changes
      return changes
    }
  }

  /// Whether the files of a manifest are right, or cannot be mended.
  private func isWritten(_ path: RepositoryPath, root: Digest) throws -> Bool {
    do {
      return try manifests.differingFiles(of: path, root: root).isEmpty
    } catch is ManifestLookupError {
      return true
    }
  }

  /// The files that `init` writes whatever the options.
  static var ownTexts: [(path: RepositoryPath, text: String)] {
    [(".dver/.gitignore", gitIgnore), (".dver/.gitattributes", gitAttributes)].map {
      (RepositoryPath(normalized: Array($0.0.utf8)), $0.1)
    }
  }
}
