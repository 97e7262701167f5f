package import DverCore

/// What `ls` lists.
package struct Listing: Sendable {
  /// One line of a listing.
  package struct Item: Sendable {
    /// Counted from the folder that is listed.
    package let path: [UInt8]
    package let isDirectory: Bool
    /// Whether dver tracks it, by itself or as a member of a tracked directory.
    package let isOutput: Bool
    package let isExecutable: Bool
    /// Bytes; `nil` where nothing records them.
    package let size: Int64?
    /// What names the content; `nil` for what dver does not track, for links and for folders.
    package let name: ContentName?
  }

  /// Depth first, the names of a folder sorted by their bytes.
  package internal(set) var items: [Item] = []

  /// The document of `ls --json`.
  package var json: JSONValue {
    .array(
      items.map { item in
        [
          "path": .path(item.path), "isdir": .bool(item.isDirectory),
          "isout": .bool(item.isOutput), "isexec": .bool(item.isExecutable),
          "size": item.size.map { .integer($0) } ?? .null,
          "sha256": item.name.map { .string($0.description) } ?? .null,
        ]
      })
  }
}

/// What `ls` is asked to list.
package struct ListingOptions: Sendable {
  /// How many levels are looked into; 1 for the names in the folder alone.
  package var levels = 1
  /// Whether a folder that is looked into is listed itself, as in a tree.
  package var showsFolders = false
  /// Whether only what dver tracks is listed.
  package var onlyTracked = false
  /// The revision to list; the workspace if not given.
  package var revision: String?

  package init() {}
}
