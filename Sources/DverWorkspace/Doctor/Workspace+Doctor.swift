import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverObjectStore
import Glibc

extension Workspace {
  /// Looks at everything around the data that can be wrong, without reading the data.
  ///
  /// - Parameter upgrade: Whether files that dver wrote itself are brought up to date first.
  package func doctor(upgrade: Bool) throws -> Diagnosis {
    if upgrade { try self.upgrade() }
    var diagnosis = Diagnosis()
    diagnosis.state("workspace", "\(root) (\(try FileSystem.traits(of: root).name))")
    var catalog: Catalog?
    let checks: [(inout Diagnosis) throws -> Void] = [
      { catalog = try self.diagnoseCatalog(&$0) },
      diagnoseCache, diagnoseLinks, diagnoseRemotes, diagnoseLeftovers,
      { try self.diagnoseGit(&$0, catalog: catalog) },
      { try self.diagnoseManifests(of: catalog?.outputs ?? [], &$0) },
      { try self.diagnoseAbsence(of: catalog?.outputs ?? [], &$0) },
      { try self.diagnoseSizes(of: catalog?.outputs ?? [], &$0) },
    ]
    // One check that fails keeps nobody from the others.
    for check in checks {
      do {
        try check(&diagnosis)
      } catch let error as any DverError {
        diagnosis.report(error)
      }
    }
    return diagnosis
  }

  private func diagnoseCatalog(_ diagnosis: inout Diagnosis) throws -> Catalog {
    if let git = try git() {
      let names = try git.unmergedPaths().filter { Self.isCatalogFile($0[...]) }
      for name in names {
        diagnosis.report(
          .problem, "\(PathQuoting.quoted(name)) is in conflict",
          hint: "run 'dver resolve'")
      }
    }
    let catalog = try catalog()
    try refuseHiddenPointers(catalog)
    diagnosis.state(
      "tracked",
      "\(CountText.text(catalog.outputs.count, "path")), "
        + CountText.text(catalog.pointers.count, "pointer"))
    return catalog
  }

  // MARK: Manifests

  private func diagnoseManifests(
    of outputs: [TrackedOutput], _ diagnosis: inout Diagnosis
  ) throws {
    var doubtful: Set<RepositoryPath> = []
    for output in outputs {
      var found = Diagnosis()
      try diagnoseManifest(of: output, &found)
      if !found.findings.isEmpty { doubtful.insert(output.path) }
    }
    guard !doubtful.isEmpty else { return }
    // The pointer and the nodes may have been read at different moments.
    try whileNothingChanges("dver doctor") {
      for output in try self.catalog().outputs where doubtful.contains(output.path) {
        try diagnoseManifest(of: output, &diagnosis)
      }
    }
  }

  private func diagnoseManifest(
    of output: TrackedOutput, _ diagnosis: inout Diagnosis
  ) throws {
    guard let name = output.name, name.isDirectory else { return }
    do {
      let wrong = try manifests.differingFiles(of: output.path, root: name.digest)
      guard !wrong.isEmpty else { return }
      diagnosis.report(
        .problem,
        "\(CountText.text(wrong.count, "manifest file")) of \(displayed(output.path)) "
          + "\(wrong.count == 1 ? "does" : "do") not match the pointer",
        hint: "run 'dver doctor --upgrade' to write \(wrong.count == 1 ? "it" : "them") anew")
    } catch let error as ManifestLookupError {
      diagnosis.report(error)
    }
  }

  // MARK: What dead commands left

  private func diagnoseLeftovers(_ diagnosis: inout Diagnosis) throws {
    if try operations.hasUnfinished() {
      // Under the lock, for those that others are carrying out are none of these.
      for (_, record) in try whileNothingChanges("dver doctor", { try operations.unfinished() }) {
        diagnosis.report(
          .problem, "'\(record.command)' was interrupted",
          hint: "run any dver command to finish it")
      }
    }
    let staging = try FileSystem.names(in: temporaryFolder.appending("staging")) ?? []
    let folders = staging.filter { !$0.suffix(5).elementsEqual(".lock".utf8) }.count
    if folders > 0 {
      diagnosis.report(
        .note, "\(CountText.text(folders, "unfinished checkout")) in .dver/tmp/staging",
        hint: "the next 'dver checkout' removes what is not in use")
    }
    guard let store = try cacheIfPresent() else { return }
    // Younger ones are at work, or wait for the next command that writes.
    let hourAgo = FileClock.now().nanoseconds - 3_600_000_000_000
    let entries = store.folder.appending("pending")
    let pending = try (FileSystem.names(in: entries) ?? []).filter { name in
      try FileSystem.status(of: entries.appending(name)).map { $0.modified < hourAgo } ?? false
    }
    if !pending.isEmpty {
      diagnosis.report(
        .note,
        "\(CountText.text(pending.count, "transaction")) not yet known to be on disk",
        hint: "the next command that writes to the cache makes sure of it")
    }
    try diagnoseQuarantine(of: store, &diagnosis)
  }

  // MARK: Remotes

  private func diagnoseRemotes(_ diagnosis: inout Diagnosis) throws {
    let configuration = try configuration()
    for name in configuration.remoteNames {
      guard let value = try configuration.remoteValue(name, "url"), let bytes = value.bytes else {
        diagnosis.report(
          .problem, "remote '\(name)' has no path",
          hint: "run 'dver remote modify \(name) url PATH'")
        continue
      }
      let folder = configuration.resolve(bytes, from: value)
      let id = try configuration.remoteValue(name, "id")?.text
      do {
        let store = try ObjectStore.open(at: folder, leases: configuration.leases)
        let found = store?.descriptor.id
        diagnosis.state("remote \(name)", "\(folder), \(found.map { "store \($0)" } ?? "no store")")
        if let id, found != id {
          throw WorkspaceError.wrongStore(
            remote: name, path: folder.description, expected: id, found: found)
        }
        if let found, try cacheIfPresent()?.descriptor.id == found {
          throw WorkspaceError.remoteIsCache(name)
        }
        if let store { try diagnoseQuarantine(of: store, remote: name, &diagnosis) }
        if try found == nil && FileSystem.statusFollowingLinks(of: folder) == nil {
          diagnosis.report(
            .note, "remote '\(name)' has no folder \(folder) yet",
            hint: "the first 'dver push' makes it; check the path, or mount it")
        }
      } catch let error as any DverError {
        diagnosis.report(error)
      }
    }
    if let name = try configuration.defaultRemote, !configuration.remoteNames.contains(name) {
      diagnosis.report(WorkspaceError.unknownRemote(name, known: configuration.remoteNames))
    }
  }
}
