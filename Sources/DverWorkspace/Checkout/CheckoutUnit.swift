import DverCore
import DverFileSystem
import DverManifest

/// A part of a checkout that appears in one step.
enum CheckoutUnit: Sendable {
  /// A folder that is not there yet: it is put together out of sight and renamed as a whole.
  case folder(path: RepositoryPath, entries: Range<Int>)
  /// Single entries, renamed one by one.
  case entries([Int])
}

/// Cuts the placements of a plan into units.
struct CheckoutUnits {
  private let plan: CheckoutPlan
  private let root: AbsolutePath
  private(set) var units: [CheckoutUnit] = []
  private var singles: [Int] = []

  /// Larger folders are made first and filled in parts, so that an interruption costs little.
  private static let folderLimit = 20_000
  private static let singlesLimit = 128

  /// - Parameter root: The tracked path, which may not exist.
  init(_ plan: CheckoutPlan, root: AbsolutePath) throws {
    self.plan = plan
    self.root = root
    let isWhole = plan.placements.count == plan.desired.count && plan.present.isEmpty
    let isFile = plan.desired.count == 1 && plan.desired.paths[0].isEmpty
    if isWhole, !isFile, try !FileSystem.exists(root) {
      addFolder(.root, 0..<plan.desired.count)
    } else {
      try addPlacements()
    }
    flush()
  }

  /// A folder of which nothing is there: `entries` are all that is below it.
  private mutating func addFolder(_ folder: RepositoryPath, _ entries: Range<Int>) {
    guard entries.count > Self.folderLimit else {
      units.append(.folder(path: folder, entries: entries))
      return
    }
    var index = entries.lowerBound
    while index < entries.upperBound {
      if let child = child(of: folder, containing: index) {
        let end = self.end(of: child, from: index, limit: entries.upperBound)
        addFolder(child, index..<end)
        index = end
      } else {
        addSingle(index)
        index += 1
      }
    }
  }

  /// Placements among present entries: whole folders where they are missing.
  private mutating func addPlacements() throws {
    var position = 0
    let placements = plan.placements
    while position < placements.count {
      let index = placements[position]
      if plan.matches[index] == nil, let folder = try missingFolder(above: index) {
        let end = self.end(of: folder, from: index, limit: plan.desired.count)
        var next = position
        while next < placements.count, placements[next] < end { next += 1 }
        if next - position == end - index {
          addFolder(folder, index..<end)
          position = next
          continue
        }
      }
      addSingle(index)
      position += 1
    }
  }

  /// The outermost folder above an entry that is not there.
  private func missingFolder(above index: Int) throws -> RepositoryPath? {
    let path = RepositoryPath(normalized: Array(plan.desired.paths[index]))
    var missing: RepositoryPath?
    var folder = path.parent
    while !folder.isRoot {
      if try FileSystem.exists(root.appending(folder)) { break }
      missing = folder
      folder = folder.parent
    }
    return missing
  }

  /// The folder directly in `folder` that an entry lies below; `nil` for one of `folder`'s own.
  private func child(of folder: RepositoryPath, containing index: Int) -> RepositoryPath? {
    let path = plan.desired.paths[index]
    let rest = folder.isRoot ? path : path.dropFirst(folder.bytes.count + 1)
    guard let slash = rest.firstIndex(of: RepositoryPath.slash) else { return nil }
    return folder.appending(rest[..<slash])
  }

  /// Behind the last of the entries below `folder` that follow each other from `start` on.
  private func end(of folder: RepositoryPath, from start: Int, limit: Int) -> Int {
    let prefix = folder.bytes + [RepositoryPath.slash]
    var (low, high) = (start + 1, limit)
    while low < high {
      let middle = (low + high) / 2
      if plan.desired.paths[middle].starts(with: prefix) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func addSingle(_ index: Int) {
    singles.append(index)
    if singles.count == Self.singlesLimit { flush() }
  }

  private mutating func flush() {
    if !singles.isEmpty { units.append(.entries(singles)) }
    singles = []
  }
}
