import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore
import DverPipeline
import Glibc

extension Checkout {
  /// Puts the placements of a plan in place.
  ///
  /// - Returns: The stamps of those that are.
  func place(
    _ plan: CheckoutPlan, _ summary: inout CheckoutSummary
  ) throws -> [Int: FileStamp] {
    guard !plan.placements.isEmpty else { return [:] }
    let desired = plan.desired
    workspace.progress.begin(
      "Checking out", byteCount: plan.placements.reduce(0) { $0 + desired.sizes[$1] },
      itemCount: Int64(plan.placements.count))
    var (placed, elsewhere) = try place(plan, beside: folder, &summary)
    // A mount below the folder: what belongs there is made there.
    while let first = elsewhere.first {
      let mount = try folderOnDisk(of: first, in: desired)
      let here = try elsewhere.filter {
        try FileSystem.areInOneMount(folderOnDisk(of: $0, in: desired), mount)
      }
      var part = plan
      part.keep(placements: here)
      let (stamps, rest) = try place(part, beside: mount, &summary)
      guard rest.isEmpty else {
        throw FileSystemError(.rename, folder.appending(desired.paths[rest[0]]), code: EXDEV)
      }
      placed.merge(stamps) { $1 }
      elsewhere.removeAll { here.contains($0) }
    }
    return placed
  }

  /// The folder above an entry that exists already.
  private func folderOnDisk(of entry: Int, in desired: EntryTable) throws -> AbsolutePath {
    try folder.appending(desired.paths[entry]).parent.nearestFolder()
  }

  /// Makes files in the mount of a folder, and moves them to their places.
  ///
  /// - Returns: The stamps of those that are in place, and the entries that belong to other mounts.
  private func place(
    _ plan: CheckoutPlan, beside place: AbsolutePath, _ summary: inout CheckoutSummary
  ) throws -> (placed: [Int: FileStamp], elsewhere: [Int]) {
    let units = try CheckoutUnits(plan, root: folder).units
    let desired = plan.desired
    let staging = try workspace.stagingFolder(for: place)
    let names = staging.names
    var progress = Revealed()
    progress.placed.reserveCapacity(plan.placements.count)
    var waiting: [CheckoutWave.StagedUnit] = []
    for wave in waves(of: units, desired) {
      let staged = try CheckoutWave(units: wave, desired: desired, names: names)
        .stage(from: store) { try self.make($0, of: desired, at: $1, using: &$2) }
      try reveal(waiting, plan, &progress, &summary)
      waiting = staged
    }
    // The last ones wait until the clock has ticked since they were written.
    usleep(UInt32(FileClock.fineTick / 1000) + 2000)
    try reveal(waiting, plan, &progress, &summary)
    staging.close()
    return (progress.placed, progress.elsewhere)
  }

  /// What became of staged entries.
  struct Revealed {
    var placed: [Int: FileStamp] = [:]
    /// Those that a rename does not reach.
    var elsewhere: [Int] = []
  }

  /// Groups units so that an interruption costs little.
  private func waves(of units: [CheckoutUnit], _ desired: EntryTable) -> [[CheckoutUnit]] {
    var waves: [[CheckoutUnit]] = [[]]
    var (count, byteCount) = (0, Int64(0))
    for unit in units {
      let entries =
        switch unit {
        case .folder(_, let range): Array(range)
        case .entries(let indices): indices
        }
      count += entries.count
      byteCount += entries.reduce(0) { $0 + desired.sizes[$1] }
      waves[waves.count - 1].append(unit)
      if count >= Self.waveCount || byteCount >= Self.waveByteCount {
        waves.append([])
        (count, byteCount) = (0, 0)
      }
    }
    return waves.filter { !$0.isEmpty }
  }

  private static let waveCount = 50_000
  private static let waveByteCount: Int64 = 4 << 30

  /// Makes one entry at a place where nothing is; `nil` where the cache cannot provide it.
  private func make(
    _ index: Int, of desired: EntryTable, at target: AbsolutePath, using hasher: inout FileHasher
  ) throws -> FileStamp? {
    defer { _ = try? workspace.progress.advance() }
    try workspace.progress.check()
    switch desired.kinds[index] {
    case .emptyDirectory:
      try FileSystem.makeDirectory(target)
      return FileStamp.none
    case .link:
      try FileSystem.makeSymbolicLink(to: desired.targets[index] ?? [], at: target)
      return try FileSystem.status(of: target).map(FileStamp.init) ?? StatIndex.untrusted
    case .file, .executable:
      do {
        return try placeFile(index, of: desired, at: target, using: &hasher)
      } catch StoreError.damaged {
        warnOfDamage(desired.paths[index])
      } catch StoreError.missing {
        // Gone since it was looked for.
        return nil
      }
      do {
        // What is in quarantine now hid any other copy, in a pack or in the trash.
        return try placeFile(index, of: desired, at: target, using: &hasher)
      } catch StoreError.damaged, StoreError.missing {
        return nil
      }
    }
  }

  private func placeFile(
    _ index: Int, of desired: EntryTable, at target: AbsolutePath, using hasher: inout FileHasher
  ) throws -> FileStamp? {
    let progress = workspace.progress
    let placed = try placement.place(
      desired.digests[index], byteCount: desired.sizes[index],
      isExecutable: desired.kinds[index] == .executable, at: target, using: &hasher
    ) { try progress.advance(bytes: $0) }
    return placed.type == .symlink
      ? try workspace.contentStamp(at: target) : FileStamp(placed.status)
  }
}
