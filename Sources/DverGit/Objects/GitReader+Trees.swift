import DverCore

/// Decides by the path, counted from the root of the tree.
package typealias GitPathFilter = (ArraySlice<UInt8>) -> Bool

extension GitReader {
  /// The entry at `path` in `tree`; `nil` where there is none. The empty path is `tree` itself.
  package func entry(
    at path: [UInt8], in tree: GitObjectID
  ) throws(GitError) -> (id: GitObjectID, mode: GitFileMode)? {
    var found = (id: tree, mode: GitFileMode.directory)
    for component in path.split(separator: slash) {
      guard found.mode == .directory else { return nil }
      var entries = try self.tree(found.id)
      var match: GitTree.Entry?
      while match == nil, let entry = try entries.next() {
        if entries.bytes[entry.name].elementsEqual(component) { match = entry }
      }
      guard let match else { return nil }
      found = (match.id, match.mode)
    }
    return found
  }

  /// The content of the file at `path` in `tree`; `nil` where there is no regular file.
  package func blob(at path: [UInt8], in tree: GitObjectID) throws(GitError) -> [UInt8]? {
    guard let entry = try entry(at: path, in: tree), entry.mode.isFile else { return nil }
    return try blob(entry.id)
  }

  /// Regular files of `tree`, in the order of their paths' bytes.
  ///
  /// - Parameters:
  ///   - folder: Where to start; paths begin with it.
  ///   - descend: Whether to look into the folder of this path.
  ///   - matches: Whether to list the file of this path.
  package func files(
    in tree: GitObjectID, below folder: [UInt8] = [],
    descend: @escaping GitPathFilter = { _ in true },
    where matches: @escaping GitPathFilter = { _ in true }
  ) throws(GitError) -> GitFileTable {
    var table = GitFileTable()
    guard let start = try entry(at: folder, in: tree), start.mode == .directory else {
      return table
    }
    var walk = TreeWalk(reader: self, descend: descend, matches: matches, path: folder)
    try walk.visit(start.id) { path, entry in
      table.append(path, id: entry.id, mode: entry.mode)
    }
    return table
  }

  /// Regular files whose blob differs between two trees, in the order of their paths' bytes.
  ///
  /// Equal subtrees are not opened, so the cost follows the difference. A `nil` tree is empty.
  package func differingFiles(
    _ old: GitObjectID?, _ new: GitObjectID?, below folder: [UInt8] = [],
    descend: @escaping GitPathFilter = { _ in true },
    where matches: @escaping GitPathFilter = { _ in true }
  ) throws(GitError) -> GitDifferenceTable {
    func start(_ tree: GitObjectID?) throws(GitError) -> GitObjectID? {
      guard let tree, let entry = try entry(at: folder, in: tree) else { return nil }
      return entry.mode == .directory ? entry.id : nil
    }
    var table = GitDifferenceTable()
    var walk = TreeWalk(reader: self, descend: descend, matches: matches, path: folder)
    try walk.compare(start(old), start(new), into: &table)
    return table
  }
}

/// A walk of one tree or of two at once, with the path of the folder where it is.
private struct TreeWalk {
  let reader: GitReader
  let descend: GitPathFilter
  let matches: GitPathFilter
  var path: [UInt8]

  /// Calls `body` for each file below the present folder, whose tree is `id`.
  mutating func visit(
    _ id: GitObjectID, _ body: (ArraySlice<UInt8>, GitTree.Entry) -> Void
  ) throws(GitError) {
    var tree = try reader.tree(id)
    while let entry = try tree.next() {
      try visit(entry, of: tree, body)
    }
  }

  private mutating func visit(
    _ entry: GitTree.Entry, of tree: GitTree,
    _ body: (ArraySlice<UInt8>, GitTree.Entry) -> Void
  ) throws(GitError) {
    let length = push(tree.bytes[entry.name])
    defer { path.removeSubrange(length...) }
    if entry.isDirectory {
      if descend(path[...]) { try visit(entry.id, body) }
    } else if entry.mode.isFile, matches(path[...]) {
      body(path[...], entry)
    }
  }

  /// Appends `name` to the path and returns the length that it had.
  private mutating func push(_ name: ArraySlice<UInt8>) -> Int {
    let length = path.count
    if length > 0 { path.append(slash) }
    path.append(contentsOf: name)
    return length
  }

  /// Lists what differs between the trees `old` and `new` of the present folder.
  mutating func compare(
    _ old: GitObjectID?, _ new: GitObjectID?, into table: inout GitDifferenceTable
  ) throws(GitError) {
    guard old != new else { return }
    var oldTree = try tree(old)
    var newTree = try tree(new)
    var oldEntry = try oldTree.next()
    var newEntry = try newTree.next()
    while oldEntry != nil || newEntry != nil {
      let order = Self.order(oldEntry, oldTree, newEntry, newTree)
      let left = order <= 0 ? oldEntry : nil
      let right = order >= 0 ? newEntry : nil
      if left?.id != right?.id || left?.mode.isFile != right?.mode.isFile {
        if let entry = left ?? right {
          let length = push((left == nil ? newTree : oldTree).bytes[entry.name])
          try compare(left, right, into: &table)
          path.removeSubrange(length...)
        }
      }
      if left != nil { oldEntry = try oldTree.next() }
      if right != nil { newEntry = try newTree.next() }
    }
  }

  private mutating func compare(
    _ old: GitTree.Entry?, _ new: GitTree.Entry?, into table: inout GitDifferenceTable
  ) throws(GitError) {
    if old?.isDirectory == true || new?.isDirectory == true {
      if descend(path[...]) { try compare(old?.id, new?.id, into: &table) }
      return
    }
    let (oldFile, newFile) = (fileID(old), fileID(new))
    if oldFile != newFile, matches(path[...]) {
      table.append(path, old: oldFile, new: newFile)
    }
  }

  private func fileID(_ entry: GitTree.Entry?) -> GitObjectID? {
    guard let entry, entry.mode.isFile else { return nil }
    return entry.id
  }

  private func tree(_ id: GitObjectID?) throws(GitError) -> GitTree {
    guard let id else { return GitTree(id: .zero, bytes: []) }
    return try reader.tree(id)
  }

  /// Negative where the left entry comes first; an absent one comes last.
  ///
  /// Git sorts a folder as if its name ended in a slash, so a file and a folder of one name are
  /// never taken for the same.
  private static func order(
    _ left: GitTree.Entry?, _ leftTree: GitTree, _ right: GitTree.Entry?, _ rightTree: GitTree
  ) -> Int {
    guard let left else { return 1 }
    guard let right else { return -1 }
    let order = compareBytes(
      leftTree.bytes.span.extracting(left.name), rightTree.bytes.span.extracting(right.name))
    if order == 0 { return (left.isDirectory ? 1 : 0) - (right.isDirectory ? 1 : 0) }
    guard left.isDirectory || right.isDirectory else { return order }
    return orderWithSlash(
      leftTree.bytes[left.name], left.isDirectory, rightTree.bytes[right.name], right.isDirectory)
  }

  private static func orderWithSlash(
    _ left: ArraySlice<UInt8>, _ leftIsFolder: Bool, _ right: ArraySlice<UInt8>,
    _ rightIsFolder: Bool
  ) -> Int {
    let left = leftIsFolder ? left + [slash] : left
    let right = rightIsFolder ? right + [slash] : right
    return left.lexicographicallyPrecedes(right) ? -1 : 1
  }
}
