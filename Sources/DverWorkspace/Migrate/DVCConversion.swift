import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverParallel
import DverPipeline

/// Says in dver's terms what DVC recorded.
struct DVCConversion {
  private let workspace: Workspace
  /// Where the data is that DVC tracks: the workspace, or the project that it is a copy of.
  private let source: Workspace
  private let transaction: StoreTransaction
  private let objects: DVCObjects
  /// What became of outputs, for the stages that depend on them.
  private var outputs: [RepositoryPath: (hash: DVCHash, record: OutputRecord)] = [:]
  /// Outputs in which links stand for files, as DVC makes them on request.
  private(set) var linked: [RepositoryPath] = []

  init(
    _ workspace: Workspace, source: Workspace, objects: DVCObjects, transaction: StoreTransaction
  ) {
    self.workspace = workspace
    self.source = source
    self.objects = objects
    self.transaction = transaction
  }

  /// The root of the workspace.
  var root: AbsolutePath { workspace.root }

  // MARK: Outputs

  /// - Returns: `nil` where the content, or a part of it, was not found.
  mutating func output(_ record: DVCRecord, at path: RepositoryPath) throws -> OutputRecord? {
    guard let hash = record.hash else { return OutputRecord(path: record.path) }
    if let known = outputs[path], known.hash == hash { return known.record.renamed(record.path) }
    let converted =
      hash.isDirectory
      ? try directory(hash, record.path, at: path) : try file(hash, record, at: path)
    if let converted { outputs[path] = (hash, converted) }
    return converted
  }

  private mutating func file(
    _ hash: DVCHash, _ record: DVCRecord, at path: RepositoryPath
  ) throws -> OutputRecord? {
    guard let object = objects[hash] else { return nil }
    var isExecutable = record.isExecutable
    let absolute = source.root.appending(path)
    if let status = try FileSystem.status(of: absolute) {
      if status.isLink, try digest(behind: absolute) == object.digest {
        linked.append(path)
      } else if status.isFile, status.size == object.size {
        isExecutable = status.isExecutable
      }
    }
    return OutputRecord(
      path: record.path, name: ContentName(digest: object.digest, isDirectory: false),
      size: object.size, isExecutable: isExecutable)
  }

  private mutating func directory(
    _ hash: DVCHash, _ written: [UInt8], at path: RepositoryPath
  ) throws -> OutputRecord? {
    guard let listing = objects.listing(hash) else { return nil }
    var recorded = EntryTable()
    for file in listing.files {
      guard let object = objects[file.hash] else { return nil }
      recorded.append(
        path: file.path.bytes, kind: .file, digest: object.digest, size: object.size)
    }
    let entries = try completed(recorded, at: path)
    let summary = try workspace.manifests.store(entries, in: transaction)
    return OutputRecord(
      path: written, name: ContentName(digest: summary.digest, isDirectory: true),
      size: summary.byteCount, fileCount: summary.fileCount)
  }

  /// The recorded files with what DVC does not record, as it is in the workspace: who may be
  /// executed, and which folders are empty.
  private mutating func completed(
    _ recorded: EntryTable, at path: RepositoryPath
  ) throws -> EntryTable {
    var scanner = ContentScanner(workspace: source)
    scanner.usesIndex = source === workspace
    guard case .directory(let content) = try scanner.content(of: path) else { return recorded }
    let present = content.entries
    var (entries, isSame, links) = (EntryTable(), true, false)
    var next = 0
    for index in 0..<present.count {
      if present.kinds[index] == .emptyDirectory {
        entries.append(contentsOf: present, index..<index + 1)
        continue
      }
      guard next < recorded.count, present.paths[index].elementsEqual(recorded.paths[next]) else {
        isSame = false
        break
      }
      var kind = present.kinds[index]
      var digest = present.digests[index]
      if kind == .link {
        kind = .file
        links = true
        digest =
          try self.digest(behind: source.root.appending(path).appending(present.paths[index]))
          ?? digest
      }
      isSame = isSame && digest == recorded.digests[next]
      entries.append(
        path: recorded.paths[next], kind: kind, digest: digest, size: recorded.sizes[next])
      next += 1
    }
    guard isSame, next == recorded.count else { return recorded }
    if links { linked.append(path) }
    return entries
  }

  /// The digest of the file that a link leads to; `nil` where there is none.
  private func digest(behind link: AbsolutePath) throws -> Digest? {
    guard try FileSystem.statusFollowingLinks(of: link)?.isFile == true else { return nil }
    var hasher = FileHasher()
    return try hasher.digest(ofFileAt: link.resolvingLinks()).digest
  }

  // MARK: Dependencies

  /// What a stage read; without a name where the workspace holds something else now, so that the
  /// stage is stale, as it was before.
  func dependency(_ record: DVCRecord, at path: DependencyPath) throws -> OutputRecord {
    let unknown = OutputRecord(path: record.path)
    guard let hash = record.hash else { return unknown }
    if let inside = path.insidePath, let known = outputs[inside], known.hash == hash {
      return known.record.renamed(record.path)
    }
    // Data of a copy is with its source still.
    for owner in source === workspace ? [workspace] : [source, workspace] {
      let storage = try WorkspaceStorage(
        owner, transaction: nil, usesIndex: owner === workspace)
      guard let found = try storage.dependencyRecord(of: path, isRecheck: false) else { continue }
      if try isHash(hash, of: found, at: path, in: owner) { return found.renamed(record.path) }
    }
    guard !hash.isDirectory, let object = objects[hash] else { return unknown }
    return OutputRecord(
      path: record.path, name: ContentName(digest: object.digest, isDirectory: false),
      size: object.size, isExecutable: record.isExecutable)
  }

  /// Whether DVC would find what it recorded.
  private func isHash(
    _ hash: DVCHash, of found: OutputRecord, at path: DependencyPath, in owner: Workspace
  ) throws -> Bool {
    let written =
      switch path {
      case .inside(let inside): owner.root.appending(inside)
      case .outside(let outside): outside
      }
    // DVC looks at what a link leads to.
    let place = try written.resolvingLinks()
    guard found.name?.isDirectory == true else {
      return try objects[hash]?.digest == found.name?.digest || hash.isHash(ofFileAt: place)
    }
    var scanner = ContentScanner(workspace: owner)
    scanner.usesIndex = owner === workspace
    let key = place.relative(to: owner.root) ?? RepositoryPath(normalized: place.bytes)
    guard case .directory(let directory) = try scanner.content(at: place, key: key) else {
      return false
    }
    return try isHash(hash, of: directory.entries, in: place)
  }

  private func isHash(
    _ hash: DVCHash, of entries: EntryTable, in root: AbsolutePath
  ) throws -> Bool {
    guard hash.isDirectory else { return false }
    // Links to folders are no files to DVC, and it does not look behind them.
    let files = try (0..<entries.count).filter { index in
      switch entries.kinds[index] {
      case .emptyDirectory: false
      case .link:
        try FileSystem.statusFollowingLinks(of: root.appending(entries.paths[index]))?.isFile
          == true
      case .file, .executable: true
      }
    }
    let found = try parallelMap(count: files.count, state: { () }) { _, index in
      let inside = RepositoryPath(normalized: Array(entries.paths[files[index]]))
      return DVCListing.File(
        path: inside,
        hash: try DVCHash(
          ofFileAt: root.appending(inside), ignoringLineEnds: hash.ignoresLineEnds))
    }
    var md5 = MD5()
    md5.update(DVCListing.text(of: found).span)
    return md5.finalize() == (hash.high, hash.low)
  }
}

extension OutputRecord {
  /// The same content under another path.
  fileprivate func renamed(_ path: [UInt8]) -> OutputRecord {
    var record = self
    record.path = path
    return record
  }
}
