import DverCore

/// Entries of a tracked directory that lie in one folder of it, to be taken apart by name.
struct ListedMembers {
  /// A name in the folder, and what is below it.
  typealias Child = (child: ListedChild, below: ListedMembers)

  private let table: EntryTable
  private let range: Range<Int>
  /// Bytes of the folder's path, with the slash behind it.
  private let prefixCount: Int

  /// - Parameter prefixCount: The bytes of the folder that all of `table` lies in, with the slash.
  init(_ table: EntryTable, skipping prefixCount: Int = 0) {
    self.init(table, 0..<table.count, prefixCount)
  }

  private init(_ table: EntryTable, _ range: Range<Int>, _ prefixCount: Int) {
    self.table = table
    self.range = range
    self.prefixCount = prefixCount
  }

  var isEmpty: Bool { range.isEmpty }

  /// The bytes of all files.
  var byteCount: Int64 { table.sizes[range].reduce(0, +) }
  /// The count of files and links.
  var fileCount: Int { table.kinds[range].count { $0 != .emptyDirectory } }

  /// The names in the folder, sorted by their bytes, with what is below each.
  func children() -> [Child] {
    var found: [Child] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let rest = table.paths[index].dropFirst(prefixCount)
      guard let slash = rest.firstIndex(of: RepositoryPath.slash) else {
        found.append((leaf(index, name: Array(rest)), ListedMembers(table, index..<index, 0)))
        index += 1
        continue
      }
      let folder = table.paths[index][...slash]
      var end = index + 1
      while end < range.upperBound, table.paths[end].starts(with: folder) { end += 1 }
      let below = ListedMembers(table, index..<end, folder.count)
      let child = ListedChild(
        name: Array(rest[..<slash]), isDirectory: true, size: below.byteCount, isOutput: true)
      found.append((child, below))
      index = end
    }
    return found.sorted { $0.child.name.lexicographicallyPrecedes($1.child.name) }
  }

  /// Entry `index` of the table.
  func leaf(_ index: Int, name: [UInt8]) -> ListedChild {
    let kind = table.kinds[index]
    let isFile = kind == .file || kind == .executable
    return ListedChild(
      name: name, isDirectory: kind == .emptyDirectory, isExecutable: kind == .executable,
      size: isFile ? table.sizes[index] : nil,
      content: isFile ? ContentName(digest: table.digests[index], isDirectory: false) : nil,
      isOutput: true)
  }
}
