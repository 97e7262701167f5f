import DverCore
import DverManifest

/// Compares two versions of all data.
struct DataComparison {
  private let old: DataVersion
  private let new: DataVersion
  /// Whether the members of directories are compared.
  private let isGranular: Bool
  private let scope: DataScope

  /// What was found, each path with its place in `found`.
  private var found = ManifestChanges()
  private var directories: [DataChanges.Directory] = []
  private var goneDirectories: [TrackedOutput] = []
  private var newDirectories: [TrackedOutput] = []

  private init(_ old: DataVersion, _ new: DataVersion, isGranular: Bool, scope: DataScope) {
    self.old = old
    self.new = new
    self.isGranular = isGranular
    self.scope = scope
  }

  /// What changed from `old` to `new`.
  ///
  /// Cost: of a directory that both versions have, the nodes that differ.
  ///
  /// - Parameter isGranular: Whether members of directories are listed.
  static func run(
    from old: DataVersion, to new: DataVersion, isGranular: Bool = true,
    scope: DataScope = DataScope()
  ) throws -> DataChanges {
    var comparison = DataComparison(old, new, isGranular: isGranular, scope: scope)
    try comparison.compareOutputs()
    let moves = try comparison.pairDirectories()
    let leaves = comparison.sortedLeaves()
    var renames = ManifestDiff.renames(in: leaves)
    renames += Self.renames(by: moves, in: leaves, beside: renames)
    return DataChanges(leaves: leaves, renames: renames, directories: comparison.directories)
  }

  // MARK: Outputs

  private mutating func compareOutputs() throws {
    let left = old.outputs.filter { scope.touches($0.path) }
    let right = new.outputs.filter { scope.touches($0.path) }
    var (first, second) = (0, 0)
    while first < left.count || second < right.count {
      if second == right.count || first < left.count && left[first].path < right[second].path {
        remove(left[first])
        first += 1
      } else if first == left.count || right[second].path < left[first].path {
        add(right[second])
        second += 1
      } else {
        try compare(left[first], right[second])
        first += 1
        second += 1
      }
    }
  }

  private mutating func compare(_ before: TrackedOutput, _ after: TrackedOutput) throws {
    guard let oldName = before.name, let newName = after.name else { return }
    if oldName == newName, before.record.isExecutable == after.record.isExecutable { return }
    if !oldName.isDirectory, !newName.isDirectory {
      append(before.path.bytes, before.side, after.side)
    } else if oldName.isDirectory, newName.isDirectory {
      if scope.contains(after.path.bytes) {
        directories.append(DataChanges.Directory(old: before, new: after))
      }
      if isGranular { append(try memberChanges(before, after), below: after.path) }
    } else {
      if scope.contains(after.path.bytes) {
        directories.append(DataChanges.Directory(old: before, new: after))
      }
      guard isGranular else { return }
      if oldName.isDirectory {
        append(try old.entries(of: before), below: before.path, isOld: true)
      } else {
        append(try new.entries(of: after), below: after.path, isOld: false)
      }
    }
  }

  private func memberChanges(
    _ before: TrackedOutput, _ after: TrackedOutput
  ) throws -> ManifestChanges {
    guard let oldName = before.name, let newName = after.name else { return ManifestChanges() }
    if old.tables[before.path] != nil || new.tables[after.path] != nil {
      return ManifestDiff.changes(
        from: try old.entries(of: before), to: try new.entries(of: after))
    }
    return try ManifestDiff.changes(
      from: oldName.digest, old.reader(of: before.path), to: newName.digest,
      new.reader(of: after.path))
  }

  private mutating func remove(_ output: TrackedOutput) {
    if output.name?.isDirectory == true {
      goneDirectories.append(output)
    } else {
      append(output.path.bytes, output.side, nil)
    }
  }

  private mutating func add(_ output: TrackedOutput) {
    if output.name?.isDirectory == true {
      newDirectories.append(output)
    } else {
      append(output.path.bytes, nil, output.side)
    }
  }

  // MARK: Directories on one side

  /// Lists directories that only one version has.
  ///
  /// - Returns: Those that moved as a whole.
  private mutating func pairDirectories() throws -> [DataChanges.Directory] {
    var moves: [DataChanges.Directory] = []
    var rest = newDirectories
    for gone in goneDirectories {
      let target = rest.firstIndex { $0.name == gone.name && gone.record.fileCount ?? 0 > 0 }
      let moved = target.map { rest.remove(at: $0) }
      let directory = DataChanges.Directory(old: gone, new: moved)
      if moved != nil { moves.append(directory) }
      if scope.contains((moved ?? gone).path.bytes) { directories.append(directory) }
    }
    directories += rest.filter { scope.contains($0.path.bytes) }
      .map { DataChanges.Directory(old: nil, new: $0) }
    guard isGranular else { return moves }
    for gone in goneDirectories { append(try old.entries(of: gone), below: gone.path, isOld: true) }
    for came in newDirectories { append(try new.entries(of: came), below: came.path, isOld: false) }
    return moves
  }

  private mutating func append(_ table: EntryTable, below folder: RepositoryPath, isOld: Bool) {
    for index in 0..<table.count {
      let side = table.side(index)
      append(
        Self.path(folder, table.paths[index], side.kind), isOld ? side : nil, isOld ? nil : side)
    }
  }

  private mutating func append(_ changes: ManifestChanges, below folder: RepositoryPath) {
    for (index, change) in changes.changes.enumerated() {
      let kind = (change.old ?? change.new)?.kind ?? .file
      append(Self.path(folder, changes.paths[index], kind), change.old, change.new)
    }
  }

  private static func path(
    _ folder: RepositoryPath, _ name: ArraySlice<UInt8>, _ kind: EntryKind
  ) -> [UInt8] {
    var path = folder.bytes
    path.append(RepositoryPath.slash)
    path.append(contentsOf: name)
    if kind == .emptyDirectory, path.last != RepositoryPath.slash {
      path.append(RepositoryPath.slash)
    }
    return path
  }

  private mutating func append(
    _ path: [UInt8], _ old: ManifestChanges.Side?, _ new: ManifestChanges.Side?
  ) {
    if scope.contains(path) { found.append(path: path.span, old: old, new: new) }
  }

  // MARK: All together

  /// What was found, sorted by path; what one version tracks below another output than the other
  /// is compared too.
  private func sortedLeaves() -> ManifestChanges {
    let order = found.changes.indices.sorted { left, right in
      let comparison = compare(left, right)
      return comparison == 0 ? left < right : comparison < 0
    }
    var sorted = ManifestChanges()
    var position = 0
    while position < order.count {
      let index = order[position]
      var (before, after) = (found.changes[index].old, found.changes[index].new)
      position += 1
      while position < order.count, compare(index, order[position]) == 0 {
        before = before ?? found.changes[order[position]].old
        after = after ?? found.changes[order[position]].new
        position += 1
      }
      guard before != after else { continue }
      found.paths.withPath(index) { sorted.append(path: $0, old: before, new: after) }
    }
    return sorted
  }

  private func compare(_ left: Int, _ right: Int) -> Int {
    found.paths.withPath(left) { first in
      found.paths.withPath(right) { compareBytes(first, $0) }
    }
  }

  /// Pairs what moved with its directory and is not paired by content: empty files, links and empty
  /// directories.
  private static func renames(
    by moves: [DataChanges.Directory], in leaves: ManifestChanges,
    beside known: [ManifestDiff.Rename]
  ) -> [ManifestDiff.Rename] {
    guard !moves.isEmpty else { return [] }
    var paired = Set(known.flatMap { [$0.old, $0.new] })
    var renames: [ManifestDiff.Rename] = []
    for (index, change) in leaves.changes.enumerated() {
      guard change.new == nil, let side = change.old, !paired.contains(index) else { continue }
      let path = leaves.paths[index]
      guard
        let move = moves.first(where: { path.starts(with: ($0.old?.path.bytes ?? []) + [slash]) }),
        let (source, target) = move.old.flatMap({ old in move.new.map { (old.path, $0.path) } }),
        let other = leaves.index(of: target.bytes + path.dropFirst(source.bytes.count)),
        leaves.changes[other] == ManifestChanges.Change(old: nil, new: side),
        paired.insert(other).inserted
      else { continue }
      renames.append(ManifestDiff.Rename(old: index, new: other))
    }
    return renames
  }

  private static let slash = RepositoryPath.slash
}

extension TrackedOutput {
  /// What a single file is to a comparison.
  var side: ManifestChanges.Side? {
    name.map {
      ManifestChanges.Side(
        kind: record.isExecutable ? .executable : .file, digest: $0.digest, size: record.size ?? 0)
    }
  }
}

extension ManifestChanges {
  /// The change of a path, in a list that is sorted by the bytes of paths.
  fileprivate func index(of path: [UInt8]) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if paths[middle].lexicographicallyPrecedes(path) { low = middle + 1 } else { high = middle }
    }
    return low < count && paths[low].elementsEqual(path) ? low : nil
  }
}
