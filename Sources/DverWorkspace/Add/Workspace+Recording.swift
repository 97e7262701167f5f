import DverCore
import DverFileSystem
import DverManifest
import DverObjectStore

/// What a pointer is to say of a tracked path.
struct PlannedRecord {
  let path: RepositoryPath
  let pointer: RepositoryPath
  /// With the path as the pointer spells it.
  let record: OutputRecord
  /// What the pointer said when members of the directory were put in; `nil` where the whole is new.
  let base: OutputRecord?
  /// Whether the path was tracked when the command began.
  let wasTracked: Bool
}

/// Members were put into a version that the pointer no longer names.
private struct OutdatedBase: Error {}

extension Workspace {
  /// Writes pointers, manifests and ignore lines for what is in the cache now.
  ///
  /// Content takes long to hash, and others may record theirs meanwhile. So the members of a
  /// directory are put into the version that its pointer names by now, and once more where that is
  /// yet another one under the workspace lock: each time somebody else has got on.
  ///
  /// - Parameters:
  ///   - nodes: What gets the nodes of manifests.
  ///   - publish: Called before anything is written, with what is about to be; once more where it
  ///     had to be worked out again.
  func record(
    _ taken: [TakenTarget], nodes: [StoreTransaction], command: String,
    publish: (_ plan: [PlannedRecord]) throws -> Void
  ) throws -> [AddedPath] {
    var isFirst = true
    while true {
      let plan = try plannedRecords(of: taken, nodes: nodes, refusesUnknown: isFirst)
      try publish(plan)
      do {
        return try write(plan, command: command)
      } catch is OutdatedBase {
        isFirst = false
      }
    }
  }

  // MARK: Planning

  /// One record for each tracked path, in the order of the first targets.
  private func plannedRecords(
    of taken: [TakenTarget], nodes: [StoreTransaction], refusesUnknown: Bool
  ) throws -> [PlannedRecord] {
    var groups: [[TakenTarget]] = []
    var positions: [RepositoryPath: Int] = [:]
    for item in taken {
      if let position = positions[item.path] {
        groups[position].append(item)
      } else {
        positions[item.path] = groups.count
        groups.append([item])
      }
    }
    return try groups.map { group in
      var members: [(path: RepositoryPath, entries: EntryTable)] = []
      for item in group {
        switch item.content {
        case .whole(let record):
          // Its members are in it.
          return PlannedRecord(
            path: item.path, pointer: pointerPath(of: item), record: record, base: nil,
            wasTracked: item.isTracked)
        case .member(let path, let entries): members.append((path, entries))
        }
      }
      return try planned(
        members, of: group[0].path, pointer: pointerPath(of: group[0]), nodes: nodes,
        refusesUnknown: refusesUnknown)
    }
  }

  /// Puts members into the manifest that the pointer names now.
  private func planned(
    _ members: [(path: RepositoryPath, entries: EntryTable)], of path: RepositoryPath,
    pointer: RepositoryPath, nodes: [StoreTransaction], refusesUnknown: Bool
  ) throws -> PlannedRecord {
    let text = try FileSystem.contents(of: root.appending(pointer))
    guard let base = try recorded(path, in: text, of: pointer), let name = base.name,
      name.isDirectory
    else { throw noLongerTracked(path, by: pointer) }
    let before = try manifests.entries(of: path, root: name.digest)
    var after = before
    for member in members {
      // What is neither here nor recorded is a misspelling, unless somebody just took it out.
      if refusesUnknown, member.entries.isEmpty, before.entries(at: member.path).isEmpty {
        throw WorkspaceError.missing(displayed(path.appending(member.path)))
      }
      after = after.replacing([member.path], with: member.entries)
    }
    let summary = try manifests.store(after, in: nodes).summary
    var record = base
    record.name = ContentName(digest: summary.digest, isDirectory: true)
    record.size = summary.byteCount
    record.fileCount = summary.fileCount
    return PlannedRecord(
      path: path, pointer: pointer, record: record, base: base, wasTracked: true)
  }

  private func pointerPath(of item: TakenTarget) -> RepositoryPath {
    if case .member(_, let output) = item.target, case .pointer(let path) = output.origin {
      return path
    }
    return item.path.withSuffix(CatalogFiles.pointerSuffix)
  }

  /// What the text of a pointer says of a path; `nil` where it does not track it.
  private func recorded(
    _ path: RepositoryPath, in text: [UInt8]?, of pointer: RepositoryPath
  ) throws -> OutputRecord? {
    guard let text else { return nil }
    let file = try PointerFile.parse(bytes: text, source: pointer.description)
    return try Catalog.outputs(of: file, at: pointer).first { $0.path == path }?.record
  }

  private func noLongerTracked(
    _ path: RepositoryPath, by pointer: RepositoryPath
  ) -> WorkspaceError {
    .failed(
      "\(displayed(path)) is not tracked by \(pointer) any more, so nothing was recorded",
      hint: "another command moved or removed it: look at 'dver status', then run it again")
  }

  // MARK: Writing

  /// - Throws: ``OutdatedBase``, with nothing changed.
  private func write(_ plan: [PlannedRecord], command: String) throws -> [AddedPath] {
    var added: [AddedPath] = []
    try perform(command) {
      var changes = Changes()
      var ignores = IgnoreLines(workspace: self)
      // A pointer may track several paths.
      var pointers: [TextChange] = []
      var positions: [RepositoryPath: Int] = [:]
      for item in plan {
        let position = positions[item.pointer] ?? pointers.count
        if position == pointers.count {
          let text = try FileSystem.contents(of: root.appending(item.pointer))
          pointers.append(TextChange(path: item.pointer, old: text, new: text))
          positions[item.pointer] = position
        }
        let (old, present) = (pointers[position].old, pointers[position].new)
        let known = try recorded(item.path, in: present, of: item.pointer)
        if let base = item.base, known != base { throw OutdatedBase() }
        if item.wasTracked, known == nil { throw noLongerTracked(item.path, by: item.pointer) }
        let new =
          if let present {
            try PointerFile.updating(
              present, with: item.record, source: item.pointer.description)
          } else {
            PointerFile.new(item.record)
          }
        pointers[position] = TextChange(path: item.pointer, old: old, new: new)
        changes.manifests.append(
          ManifestChange(
            path: item.path, old: known?.name.flatMap { $0.isDirectory ? $0.digest : nil },
            new: item.record.name.flatMap { $0.isDirectory ? $0.digest : nil }))
        try ignores.add(item.path)
        added.append(
          AddedPath(
            path: item.path, pointer: item.pointer, record: item.record,
            isChanged: new != present))
      }
      // Ignored first, so that git never sees data without its pointer.
      changes.texts = ignores.changes + pointers
      return changes
    }
    return added
  }
}

extension Workspace.TakenTarget {
  fileprivate var isTracked: Bool {
    switch target {
    case .whole(_, let isTracked): isTracked
    case .member: true
    }
  }
}
