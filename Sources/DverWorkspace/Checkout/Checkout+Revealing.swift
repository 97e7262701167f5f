import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline
import Glibc

/// Moving what was staged to its place, past whatever stands there.
extension Checkout {
  func reveal(
    _ units: [CheckoutWave.StagedUnit], _ plan: CheckoutPlan, _ progress: inout Revealed,
    _ summary: inout CheckoutSummary
  ) throws {
    for unit in units {
      try workspace.requireLeases()
      switch unit.place {
      case .folder(let staged, let relative):
        if try notesObstacle(above: path.appending(relative), &summary) { continue }
        do {
          try summary.attempt(.create, workspace.displayed(path.appending(relative))) {
            try reveal(staged, as: relative, unit, plan, &progress.placed, &$0)
          }
        } catch let error as FileSystemError where error.code == EXDEV {
          progress.elsewhere += unit.entries
        }
      case .files(let staged):
        var reached: RepositoryPath?
        for (number, entry) in unit.entries.enumerated() {
          guard unit.stamps[number] != nil else {
            summary.missing.append(shown(plan.desired.paths[entry]))
            continue
          }
          let relative = plan.desired.paths[entry]
          let parent = shown(relative).parent
          if parent != reached {
            if try notesObstacle(above: shown(relative), &summary) { continue }
            reached = parent
          }
          do {
            try summary.attempt(.create, workspace.displayed(shown(relative))) {
              try reveal(staged[number], entry, plan, &progress.placed, &$0)
            }
          } catch let error as FileSystemError where error.code == EISDIR {
            try noteFolder(inPlaceOf: plan.desired.paths[entry], &summary)
          } catch let error as FileSystemError where error.code == EXDEV {
            progress.elsewhere.append(entry)
          }
        }
      }
    }
  }

  /// Puts a whole folder in its place, where nothing is.
  private func reveal(
    _ staged: AbsolutePath, as relative: RepositoryPath, _ unit: CheckoutWave.StagedUnit,
    _ plan: CheckoutPlan, _ placed: inout [Int: FileStamp], _ summary: inout CheckoutSummary
  ) throws {
    let target = folder.appending(relative)
    try FileSystem.makeDirectories(target.parent)
    guard try FileSystem.renameWithoutReplacing(staged, to: target) else {
      throw WorkspaceError.failed(
        "\(target) appeared while it was checked out", hint: "run the command again")
    }
    for (entry, stamp) in zip(unit.entries, unit.stamps) {
      let path = shown(plan.desired.paths[entry])
      guard let stamp else {
        summary.missing.append(path)
        continue
      }
      placed[entry] = stamp
      summary.added.append(path)
    }
  }

  private func reveal(
    _ staged: AbsolutePath, _ entry: Int, _ plan: CheckoutPlan,
    _ placed: inout [Int: FileStamp], _ summary: inout CheckoutSummary
  ) throws {
    let relative = plan.desired.paths[entry]
    let target = folder.appending(relative)
    if relative.isEmpty || relative.contains(RepositoryPath.slash) || plan.present.isEmpty {
      try FileSystem.makeDirectories(target.parent)
    }
    if let match = plan.matches[entry] {
      guard try isUnchanged(target, match, of: plan) else {
        summary.unsaved.append(shown(relative))
        return
      }
      if plan.desired.kinds[entry] != .emptyDirectory { try FileSystem.rename(staged, to: target) }
      let isSame =
        plan.present.kinds[match] == plan.desired.kinds[entry]
        && plan.present.digests[match] == plan.desired.digests[entry]
      if isSame {
        summary.relinked.append(shown(relative))
      } else {
        summary.modified.append(shown(relative))
      }
    } else if plan.desired.kinds[entry] == .emptyDirectory {
      guard try FileSystem.status(of: target)?.isDirectory != false else {
        summary.inTheWay.append(shown(relative))
        return
      }
      try FileSystem.makeDirectories(target)
      summary.added.append(shown(relative))
    } else if try FileSystem.renameWithoutReplacing(staged, to: target)
      || (FileSystem.removeEmptyDirectory(target)
        && FileSystem.renameWithoutReplacing(staged, to: target))
    {
      summary.added.append(shown(relative))
    } else if try holds(target, entry, of: plan.desired) {
      summary.ignored.append(shown(relative))
    } else if try isSaved(target) || leadsNowhere(target) {
      try FileSystem.rename(staged, to: target)
      summary.added.append(shown(relative))
    } else if try options.force && FileSystem.status(of: target)?.isDirectory == false {
      // Hidden, or there since just now: nothing has put it into the cache.
      try workspace.hiddenFiles.keep(target, as: shown(relative))
      try FileSystem.rename(staged, to: target)
      summary.added.append(shown(relative))
    } else if try FileSystem.status(of: target)?.isDirectory == true {
      return try noteFolder(inPlaceOf: relative, &summary)
    } else {
      summary.unsaved.append(shown(relative))
      return
    }
    // Renaming changed the status of the file.
    placed[entry] = try workspace.contentStamp(at: target) ?? StatIndex.untrusted
  }

  /// Says what keeps a folder where a file belongs: as a rule what is never tracked.
  private func noteFolder(
    inPlaceOf relative: ArraySlice<UInt8>, _ summary: inout CheckoutSummary
  ) throws {
    let path = shown(relative)
    let hidden = try workspace.hiddenPaths(at: workspace.root.appending(path), of: path)
    if hidden.isEmpty {
      summary.unsaved.append(path)
    } else {
      summary.inTheWay += hidden.map { path.appending($0) }
    }
  }

  /// Whether something stands where a folder above an entry belongs, which the user is told then: a
  /// file that is hidden, as all else has gone by then, or a link, behind which nothing is dver's.
  private func notesObstacle(
    above entry: RepositoryPath, _ summary: inout CheckoutSummary
  ) throws -> Bool {
    let root = workspace.root
    let obstacle = try FileSystem.obstacle(above: root.appending(entry), in: root)
    guard let path = obstacle?.relative(to: root) else { return false }
    if !summary.inTheWay.contains(path) { summary.inTheWay.append(path) }
    return true
  }

  /// Whether a path that is no present entry holds what is recorded: an ignore rule that came later
  /// hides it.
  private func holds(
    _ target: AbsolutePath, _ entry: Int, of desired: EntryTable
  ) throws -> Bool {
    let kind = desired.kinds[entry]
    guard let status = try FileSystem.status(of: target) else { return false }
    if kind == .link { return try leads(target, to: desired.targets[entry]) }
    if status.isLink, try workspace.object(behindLink: target) == nil { return false }
    guard let file = try FileSystem.statusFollowingLinks(of: target), file.isFile,
      file.isExecutable == (kind == .executable)
    else { return false }
    var hasher = FileHasher()
    let hashed = try? hasher.digest(ofFileAt: target.resolvingLinks())
    return hashed?.digest == desired.digests[entry]
  }

  /// Whether the cache has the content of a file that is no present entry; where a link stands for an
  /// object, that of the object.
  private func isSaved(_ target: AbsolutePath) throws -> Bool {
    guard let status = try FileSystem.status(of: target) else { return false }
    var file = target
    var expected: Digest?
    if status.isLink, let object = try workspace.object(behindLink: target), object.status != nil {
      (file, expected) = (try target.resolvingLinks(), object.digest)
    } else if !status.isFile {
      return false
    }
    var hasher = FileHasher()
    guard let hashed = try? hasher.digest(ofFileAt: file),
      hashed.digest == expected ?? hashed.digest,
      try store.defects(among: [hashed.digest], sizes: [hashed.status.size]).isEmpty
    else { return false }
    try store.settle()
    return try FileSystem.status(of: file).map(FileStamp.init) == FileStamp(hashed.status)
  }

  /// Whether there is a link into a store whose object is gone.
  private func leadsNowhere(_ target: AbsolutePath) throws -> Bool {
    guard try FileSystem.status(of: target)?.isLink == true else { return false }
    guard let object = try workspace.object(behindLink: target) else { return false }
    return object.status == nil
  }

  /// Whether nobody has changed the file of a present entry since it was looked at.
  ///
  /// Where only the time of its status is another one its content decides: a second name of it may
  /// have been replaced just now, or the mode of the object that it is.
  func isUnchanged(_ target: AbsolutePath, _ index: Int, of plan: CheckoutPlan) throws -> Bool {
    var stamp = plan.presentStamps[index]
    if options.force { return true }
    if plan.present.kinds[index] == .link {
      return try leads(target, to: plan.present.targets[index])
    }
    if isRacy(stamp) || stamp == .none { return true }
    guard let now = try workspace.contentStamp(at: target), now != stamp else { return true }
    stamp.changed = now.changed
    let kind = plan.present.kinds[index]
    guard now == stamp, kind == .file || kind == .executable,
      let status = try FileSystem.statusFollowingLinks(of: target),
      kind == .executable || !status.isExecutable
    else { return false }
    var hasher = FileHasher()
    let hashed = try? hasher.digest(ofFileAt: target.resolvingLinks())
    return hashed?.digest == plan.present.digests[index]
  }

  /// A link is what it leads to, however often it was made anew; `true` where nothing is.
  private func leads(_ target: AbsolutePath, to destination: [UInt8]?) throws -> Bool {
    guard let status = try FileSystem.status(of: target) else { return true }
    return try status.isLink && FileSystem.destination(ofLink: target) == destination
  }
}
