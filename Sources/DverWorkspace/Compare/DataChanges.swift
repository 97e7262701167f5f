import DverCore
import DverManifest

/// What differs between two versions of all data.
package struct DataChanges: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case added
    case deleted
    case renamed
    case modified
  }

  /// A tracked directory that is not the same as a whole, or that became a file or was one.
  struct Directory: Sendable {
    let old: TrackedOutput?
    let new: TrackedOutput?

    /// The file that one side is, if the other one is a directory.
    var file: TrackedOutput? {
      [old, new].compactMap { $0 }.first { $0.name?.isDirectory == false }
    }
  }

  /// One path that differs, as it is shown.
  package struct Item: Sendable {
    /// Counted from the workspace's root, with a slash behind a directory.
    package let path: [UInt8]
    /// Where a renamed path was.
    package let oldPath: [UInt8]?
    /// The digest, with `.dir` behind that of a tracked directory; `nil` for an empty directory.
    package let oldHash: String?
    package let newHash: String?

    package var isDirectory: Bool { path.last == RepositoryPath.slash }
  }

  /// Files, links and empty directories, sorted by path; the path of an empty directory has a slash
  /// behind it.
  private(set) var leaves = ManifestChanges()
  private(set) var renames: [ManifestDiff.Rename] = []
  private(set) var directories: [Directory] = []
  private var renamedLeaves: Set<Int> = []

  package init() {}

  init(
    leaves: ManifestChanges, renames: [ManifestDiff.Rename], directories: [Directory]
  ) {
    self.leaves = leaves
    self.renames = renames
    self.directories = directories
    renamedLeaves = Set(renames.flatMap { [$0.old, $0.new] })
  }

  package var isEmpty: Bool { leaves.isEmpty && directories.isEmpty }

  // MARK: By kind

  /// The paths of one kind, sorted.
  package func items(_ kind: Kind) -> [Item] {
    var items = directories.filter { self.kind(of: $0) == kind }.map { self.item($0) }
    if kind == .renamed {
      items += renames.map { item($0.new, oldPath: Array(leaves.paths[$0.old])) }
    } else {
      items += leafIndices(kind).map { item($0, oldPath: nil) }
    }
    return items.sorted {
      ($0.oldPath ?? $0.path).lexicographicallyPrecedes($1.oldPath ?? $1.path)
    }
  }

  /// The count of files of one kind, and their bytes before and after.
  package func total(_ kind: Kind) -> (count: Int, oldBytes: Int64, newBytes: Int64) {
    let indices = kind == .renamed ? renames.map(\.new) : leafIndices(kind)
    var total = (count: 0, oldBytes: Int64(0), newBytes: Int64(0))
    for index in indices where leaves.paths[index].last != RepositoryPath.slash {
      total.count += 1
      total.oldBytes += leaves.changes[index].old?.size ?? 0
      total.newBytes += leaves.changes[index].new?.size ?? 0
    }
    for directory in directories where kind == .modified {
      guard let file = directory.file else { continue }
      total.count += 1
      if directory.old?.name == file.name {
        total.oldBytes += file.record.size ?? 0
      } else {
        total.newBytes += file.record.size ?? 0
      }
    }
    return total
  }

  /// The files whose content is not the same, sorted by path.
  var rewrittenFiles: [(path: [UInt8], old: Digest, new: Digest)] {
    leafIndices(.modified).compactMap { index in
      guard let old = leaves.changes[index].old, let new = leaves.changes[index].new,
        old.isFile, new.isFile, old.digest != new.digest
      else { return nil }
      return (Array(leaves.paths[index]), old.digest, new.digest)
    }
  }

  private func leafIndices(_ kind: Kind) -> [Int] {
    leaves.changes.indices.filter { index in
      guard !renamedLeaves.contains(index) else { return false }
      let change = leaves.changes[index]
      switch kind {
      case .added: return change.old == nil
      case .deleted: return change.new == nil
      case .modified: return change.old != nil && change.new != nil
      case .renamed: return false
      }
    }
  }

  private func item(_ index: Int, oldPath: [UInt8]?) -> Item {
    let change = leaves.changes[index]
    let new = change.new.flatMap(Self.hash)
    return Item(
      path: Array(leaves.paths[index]), oldPath: oldPath,
      oldHash: oldPath == nil ? change.old.flatMap(Self.hash) : new, newHash: new)
  }

  private static func hash(_ side: ManifestChanges.Side) -> String? {
    side.kind == .emptyDirectory ? nil : side.digest.hex
  }

  private func kind(of directory: Directory) -> Kind {
    guard let old = directory.old else { return .added }
    guard let new = directory.new else { return .deleted }
    return old.path == new.path ? .modified : .renamed
  }

  private func item(_ directory: Directory) -> Item {
    let shown = directory.new ?? directory.old
    let path = shown?.path.bytes ?? []
    let slash = shown?.name?.isDirectory == false ? [] : [RepositoryPath.slash]
    let isRenamed = kind(of: directory) == .renamed
    return Item(
      path: path + slash,
      oldPath: isRenamed ? directory.old.map { $0.path.bytes + [RepositoryPath.slash] } : nil,
      oldHash: directory.old?.name?.description, newHash: directory.new?.name?.description)
  }
}

extension ManifestChanges.Side {
  fileprivate var isFile: Bool { kind == .file || kind == .executable }
}
