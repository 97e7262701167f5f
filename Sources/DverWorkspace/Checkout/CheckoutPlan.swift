import DverCore
import DverFileSystem
import DverManifest

/// What has to happen below one tracked path so that it holds what is recorded.
///
/// Entry numbers of `placements` count in `desired`, those of `removals` in `present`.
struct CheckoutPlan {
  /// What is there, with stamps.
  let present: EntryTable
  let presentStamps: [FileStamp]
  let desired: EntryTable
  /// Where each desired entry stands in `present`, for those that are there in any form.
  private(set) var matches: [Int?]
  /// Entries to make, whether in a free place or in that of another.
  private(set) var placements: [Int] = []
  /// Entries to remove: those that are not desired.
  private(set) var removals: [Int] = []

  /// - Parameter replacing: Whether a file is placed anew though its content is right.
  init(
    present: EntryTable, presentStamps: [FileStamp], desired: EntryTable,
    replacing: (_ present: Int) throws -> Bool
  ) rethrows {
    self.present = present
    self.presentStamps = presentStamps
    self.desired = desired
    matches = Array(repeating: nil, count: desired.count)
    var (old, new) = (0, 0)
    while old < present.count || new < desired.count {
      let order = Self.order(present, old, desired, new)
      if order < 0 {
        removals.append(old)
        old += 1
      } else if order > 0 {
        placements.append(new)
        new += 1
      } else {
        matches[new] = old
        let isEqual =
          present.kinds[old] == desired.kinds[new] && present.digests[old] == desired.digests[new]
        if try !isEqual || replacing(old) { placements.append(new) }
        old += 1
        new += 1
      }
    }
  }

  var isEmpty: Bool { placements.isEmpty && removals.isEmpty }

  /// Compares two entries as manifests order them; one that is past the end comes last.
  private static func order(
    _ left: EntryTable, _ leftIndex: Int, _ right: EntryTable, _ rightIndex: Int
  ) -> Int {
    if leftIndex >= left.count { return 1 }
    if rightIndex >= right.count { return -1 }
    let (a, b) = (left.paths.range(leftIndex), right.paths.range(rightIndex))
    let leftIsFolder = left.kinds[leftIndex] == .emptyDirectory
    let rightIsFolder = right.kinds[rightIndex] == .emptyDirectory
    if !leftIsFolder, !rightIsFolder {
      return compareBytes(
        left.paths.bytes.span.extracting(a), right.paths.bytes.span.extracting(b))
    }
    let slash = [RepositoryPath.slash]
    let x = left.paths.bytes[a] + (leftIsFolder ? slash : [])
    let y = right.paths.bytes[b] + (rightIsFolder ? slash : [])
    return compareBytes(Array(x).span, Array(y).span)
  }

  /// Leaves all other placements out of the plan.
  mutating func keep(placements kept: [Int]) { placements = kept }

  /// Leaves entries out of the plan.
  mutating func drop(placements skipped: Set<Int>, removals kept: Set<Int>) {
    if !skipped.isEmpty { placements.removeAll { skipped.contains($0) } }
    if !kept.isEmpty { removals.removeAll { kept.contains($0) } }
  }
}
