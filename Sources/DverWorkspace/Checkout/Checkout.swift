import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import Glibc

/// Makes one tracked path hold what is recorded.
///
/// Every file is complete before it can be seen, and nothing is overwritten or removed whose content
/// is not in the cache, on stable storage. Files written here are known without another look: they
/// appear later than the file system's clock ticks after they were written, so whoever changes one
/// afterwards changes its times.
struct Checkout {
  let workspace: Workspace
  let path: RepositoryPath
  let store: ObjectStore
  let placement: Placement
  let options: CheckoutOptions

  var folder: AbsolutePath { workspace.root.appending(path) }

  /// What came of it, and the stamps of `desired` where all of it is in place now.
  struct Outcome {
    var summary: CheckoutSummary
    let stamps: [FileStamp]?
  }

  /// - Parameter replacing: Whether the file of a present entry is placed anew though its content is
  ///   right, because it should be another kind of link.
  func run(
    present: EntryTable, presentStamps: [FileStamp], desired: EntryTable,
    keepsFolder: Bool = true, replacing: (Int) throws -> Bool = { _ in false }
  ) throws -> Outcome {
    var plan = try CheckoutPlan(
      present: present, presentStamps: presentStamps, desired: desired, replacing: replacing)
    guard !plan.isEmpty || present.isEmpty else {
      return Outcome(summary: CheckoutSummary(), stamps: stamps(of: plan, placed: [:]))
    }
    var summary = CheckoutSummary()
    dropUnnameable(from: &plan, &summary)
    try dropMissing(from: &plan, &summary)
    try dropUnsaved(from: &plan, &summary)
    let overwrites = plan.placements.contains { plan.matches[$0] != nil }
    if overwrites || !plan.removals.isEmpty { try store.settle() }
    // Those whose place is needed go first; a folder may stand there when the others go.
    let needed = Set(plan.removals.filter { isInTheWay($0, plan) })
    try remove(plan.removals.filter { needed.contains($0) }, plan, &summary)
    let placed = try place(plan, &summary)
    try remove(plan.removals.filter { !needed.contains($0) }, plan, &summary)
    if desired.isEmpty, keepsFolder {
      if try !FileSystem.exists(folder) { summary.added.append(path) }
      try FileSystem.makeDirectories(folder)
    }
    return Outcome(
      summary: summary, stamps: summary.isComplete ? stamps(of: plan, placed: placed) : nil)
  }

  func shown(_ relative: ArraySlice<UInt8>) -> RepositoryPath { path.appending(relative) }

  // MARK: What must not happen

  /// Leaves out what no file system of Linux has a name for.
  private func dropUnnameable(from plan: inout CheckoutPlan, _ summary: inout CheckoutSummary) {
    var skipped: Set<Int> = []
    for index in plan.placements {
      let relative = plan.desired.paths[index]
      let byteCount = folder.bytes.count + relative.count + 1
      guard relative.count > Int(NAME_MAX) || byteCount >= Int(PATH_MAX) else { continue }
      let names = relative.split(separator: RepositoryPath.slash)
      guard byteCount >= Int(PATH_MAX) || names.contains(where: { $0.count > Int(NAME_MAX) })
      else { continue }
      skipped.insert(index)
      let path = workspace.displayed(shown(relative))
      summary.note(FileSystemError(.create, path, code: ENAMETOOLONG))
    }
    plan.drop(placements: skipped, removals: [])
  }

  /// Leaves out what the cache cannot provide.
  private func dropMissing(from plan: inout CheckoutPlan, _ summary: inout CheckoutSummary) throws {
    let desired = plan.desired
    let files = plan.placements.filter {
      desired.kinds[$0] == .file || desired.kinds[$0] == .executable
    }
    let defects = try store.defects(
      among: files.map { desired.digests[$0] }, sizes: files.map { desired.sizes[$0] })
    var skipped: Set<Int> = []
    for (position, defect) in defects {
      let digest = desired.digests[files[position]]
      let isIntact = try store.isIntact(digest)
      if case .suspect = defect, isIntact { continue }
      if try isWrittenThrough(files[position], plan) {
        skipped.insert(files[position])
        summary.unsaved.append(shown(desired.paths[files[position]]))
        continue
      }
      // One of a wrong size, too, unless it is the record that is wrong.
      if !isIntact, try FileSystem.exists(store.path(of: digest)) {
        try store.ifWritable { try store.quarantine(digest) }
        warnOfDamage(desired.paths[files[position]])
        // It hid any other copy, in a pack or in the trash.
        if try store.isIntact(digest) { continue }
      }
      skipped.insert(files[position])
      summary.missing.append(shown(desired.paths[files[position]]))
    }
    plan.drop(placements: skipped, removals: [])
  }

  /// Whether an object is damaged because the user wrote to it, through the link that stands for it: no
  /// other place has that work.
  private func isWrittenThrough(_ entry: Int, _ plan: CheckoutPlan) throws -> Bool {
    guard !options.force, let match = plan.matches[entry],
      plan.present.digests[match] != plan.desired.digests[entry]
    else { return false }
    let place = folder.appending(plan.desired.paths[entry])
    guard try FileSystem.status(of: place)?.isLink == true else { return false }
    return try workspace.object(behindLink: place)?.digest == plan.desired.digests[entry]
  }

  func warnOfDamage(_ relative: ArraySlice<UInt8>) {
    workspace.notices.warning(
      "the cache's copy of \(workspace.displayed(shown(relative))) was damaged")
  }

  /// Leaves out what would lose content that is in no cache, unless the user forces it.
  private func dropUnsaved(from plan: inout CheckoutPlan, _ summary: inout CheckoutSummary) throws {
    guard !options.force else { return }
    let present = plan.present
    let replaced = plan.placements.compactMap { entry in
      plan.matches[entry].map { (entry: entry, present: $0) }
    }
    let endangered = plan.removals + replaced.map(\.present)
    let files = endangered.filter {
      present.kinds[$0] == .file || present.kinds[$0] == .executable
    }
    let defects = try store.defects(
      among: files.map { present.digests[$0] }, sizes: files.map { present.sizes[$0] })
    var unsaved: Set<Int> = []
    for (position, defect) in defects {
      if case .suspect = defect, try store.isIntact(present.digests[files[position]]) { continue }
      unsaved.insert(files[position])
    }
    // A link is a line of text: the cache can keep it too.
    let transaction = try workspace.storing()
    for index in endangered {
      if let target = present.targets[index] { try transaction.store(target) }
    }
    try transaction.finish()
    guard !unsaved.isEmpty else { return }
    summary.unsaved = unsaved.sorted().map { shown(present.paths[$0]) }
    plan.drop(
      placements: Set(replaced.filter { unsaved.contains($0.present) }.map(\.entry)),
      removals: unsaved)
    try dropBlocked(from: &plan, by: unsaved, &summary)
  }

  /// Leaves out what cannot be placed because a file that stays is in the way.
  private func dropBlocked(
    from plan: inout CheckoutPlan, by unsaved: Set<Int>, _ summary: inout CheckoutSummary
  ) throws {
    let kept = unsaved.map { RepositoryPath(normalized: Array(plan.present.paths[$0])) }.sorted()
    let files = Set(kept)
    let blocked = plan.placements.filter { index in
      let path = RepositoryPath(normalized: Array(plan.desired.paths[index]))
      var folder = path.parent
      while !folder.isRoot {
        if files.contains(folder) { return true }
        folder = folder.parent
      }
      return Self.holds(kept, below: path)
    }
    plan.drop(placements: Set(blocked), removals: [])
  }

  /// Whether one of sorted paths lies below a folder.
  private static func holds(_ paths: [RepositoryPath], below folder: RepositoryPath) -> Bool {
    let start = RepositoryPath(normalized: folder.bytes + [RepositoryPath.slash])
    var (low, high) = (0, paths.count)
    while low < high {
      let middle = (low + high) / 2
      if paths[middle] < start { low = middle + 1 } else { high = middle }
    }
    return low < paths.count && paths[low].isBelow(folder)
  }

  // MARK: Removing

  /// Removes entries that are not desired.
  private func remove(
    _ removals: [Int], _ plan: CheckoutPlan, _ summary: inout CheckoutSummary
  ) throws {
    for index in removals {
      let path = shown(plan.present.paths[index])
      try workspace.requireLeases()
      try summary.attempt(.remove, workspace.displayed(path)) { try remove(index, plan, &$0) }
      let target = folder.appending(plan.present.paths[index])
      try summary.attempt(.remove, workspace.displayed(path.parent)) { _ in
        try removeEmptyFolders(above: target, except: plan.desired)
      }
    }
  }

  private func remove(
    _ index: Int, _ plan: CheckoutPlan, _ summary: inout CheckoutSummary
  ) throws {
    let relative = plan.present.paths[index]
    let target = folder.appending(relative)
    switch plan.present.kinds[index] {
    case .emptyDirectory:
      try FileSystem.removeEmptyDirectory(target)
    case .file, .executable, .link:
      guard try FileSystem.exists(target) else { return }
      guard try isUnchanged(target, index, of: plan) else {
        summary.unsaved.append(shown(relative))
        return
      }
      try FileSystem.removeFile(target)
      summary.deleted.append(shown(relative))
    }
  }

  /// A stamp that was too young to be kept says nothing.
  func isRacy(_ stamp: FileStamp) -> Bool { stamp == StatIndex.untrusted }

  private func removeEmptyFolders(above target: AbsolutePath, except desired: EntryTable) throws {
    var parent = target.parent
    while parent != folder, let relative = parent.relative(to: folder),
      !desired.hasEmptyDirectory(relative.bytes), try removeIfEmpty(parent)
    {
      parent = parent.parent
    }
  }

  private func removeIfEmpty(_ folder: AbsolutePath) throws -> Bool {
    do {
      return try FileSystem.removeEmptyDirectory(folder)
    } catch let error as FileSystemError where error.concernsPathAlone {
      // Permissions come first, also where the folder would stay.
      guard try FileSystem.names(in: folder)?.isEmpty == true else { return false }
      throw error
    }
  }

  /// Whether a file stands where a folder must be, or below a place where a file must be.
  private func isInTheWay(_ index: Int, _ plan: CheckoutPlan) -> Bool {
    let path = RepositoryPath(normalized: Array(plan.present.paths[index]))
    if plan.desired.hasEntries(below: path) { return true }
    // The folder that a file is to take the place of.
    if plan.desired.index(of: path.bytes) != nil { return true }
    var parent = path.parent
    while !parent.isRoot {
      if plan.desired.index(of: parent.bytes) != nil { return true }
      parent = parent.parent
    }
    return false
  }

  private func stamps(of plan: CheckoutPlan, placed: [Int: FileStamp]) -> [FileStamp] {
    plan.desired.kinds.indices.map { index in
      if let stamp = placed[index] { return stamp }
      return plan.matches[index].map { plan.presentStamps[$0] } ?? StatIndex.untrusted
    }
  }
}

extension EntryTable {
  /// Where an entry that is no empty directory stands.
  func index(of path: [UInt8]) -> Int? {
    let index = lowerBound(of: path)
    return index < count && paths[index].elementsEqual(path) && kinds[index] != .emptyDirectory
      ? index : nil
  }

  /// Whether there is an entry for `path` as an empty directory.
  func hasEmptyDirectory(_ path: [UInt8]) -> Bool {
    let index = lowerBound(of: path + [RepositoryPath.slash])
    return index < count && kinds[index] == .emptyDirectory && paths[index].elementsEqual(path)
  }

  /// Whether an entry lies below `path`, or is an empty directory there.
  func hasEntries(below path: RepositoryPath) -> Bool {
    let prefix = path.bytes + [RepositoryPath.slash]
    let index = lowerBound(of: prefix)
    guard index < count else { return false }
    let found = paths[index]
    return found.starts(with: prefix)
      || (kinds[index] == .emptyDirectory && found.elementsEqual(path.bytes))
  }

  /// The first entry that does not come before `key`.
  private func lowerBound(of key: [UInt8]) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let path = paths[middle]
      let comesBefore =
        kinds[middle] == .emptyDirectory
        ? (path + [RepositoryPath.slash]).lexicographicallyPrecedes(key)
        : path.lexicographicallyPrecedes(key)
      if comesBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
