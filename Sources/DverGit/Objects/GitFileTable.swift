package import DverCore

/// Files of a tree, in the order of their paths' bytes.
package struct GitFileTable: Sendable {
  package private(set) var paths = PathTable()
  package private(set) var ids: [GitObjectID] = []
  package private(set) var modes: [GitFileMode] = []

  package var count: Int { ids.count }

  mutating func append(_ path: some Collection<UInt8>, id: GitObjectID, mode: GitFileMode) {
    paths.append(path)
    ids.append(id)
    modes.append(mode)
  }
}

/// Names whose blob or mode differs between two trees, in the order of their paths' bytes.
package struct GitDifferenceTable: Sendable {
  package private(set) var paths = PathTable()
  /// The blob in the first tree; `nil` where the path is no file there.
  package private(set) var oldIDs: [GitObjectID?] = []
  /// The blob in the second tree; `nil` where the path is no file there.
  package private(set) var newIDs: [GitObjectID?] = []

  package var count: Int { oldIDs.count }

  mutating func append(_ path: some Collection<UInt8>, old: GitObjectID?, new: GitObjectID?) {
    paths.append(path)
    oldIDs.append(old)
    newIDs.append(new)
  }
}
