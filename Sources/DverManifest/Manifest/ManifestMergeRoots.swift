import DverCore

/// The paths at which one side of a merge has a file and the other one a folder.
struct ManifestMergeRoots {
  /// None lies below another one.
  private(set) var sorted: [[UInt8]] = []
  private(set) var filesOfOurs: Set<[UInt8]> = []
  private var all: Set<[UInt8]> = []

  init(_ ours: ManifestChanges, _ theirs: ManifestChanges) {
    guard !ours.isEmpty, !theirs.isEmpty else { return }
    let mine = Self.roots(filesOf: ours, foldersOf: theirs)
    all = mine.union(Self.roots(filesOf: theirs, foldersOf: ours))
    guard !all.isEmpty else { return }
    // Those below others are part of them.
    all = all.filter { root in Self.parents(of: root).allSatisfy { !all.contains($0) } }
    filesOfOurs = mine.intersection(all)
    sorted = all.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The root at or above `path`.
  func root(of path: [UInt8]) -> [UInt8]? {
    guard !all.isEmpty else { return nil }
    return all.contains(path) ? path : Self.parents(of: path).first { all.contains($0) }
  }

  private static func roots(
    filesOf one: ManifestChanges, foldersOf other: ManifestChanges
  ) -> Set<[UInt8]> {
    var files: Set<[UInt8]> = []
    for (index, change) in one.changes.enumerated() {
      guard let side = change.new, side.kind != .emptyDirectory else { continue }
      files.insert(Array(one.paths[index]))
    }
    var roots: Set<[UInt8]> = []
    for (index, change) in other.changes.enumerated() {
      guard let side = change.new else { continue }
      let path = Array(other.paths[index])
      if side.kind == .emptyDirectory, files.contains(path) { roots.insert(path) }
      for parent in parents(of: path) where files.contains(parent) { roots.insert(parent) }
    }
    return roots
  }

  /// The folders around `path`, the outermost one first.
  static func parents(of path: [UInt8]) -> [[UInt8]] {
    path.indices.filter { path[$0] == RepositoryPath.slash }.map { Array(path[..<$0]) }
  }
}
