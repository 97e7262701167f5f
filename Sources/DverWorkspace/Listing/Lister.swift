import DverCore
import DverFileSystem
import DverGit
import DverManifest

/// Lists a folder: tracked data by what is recorded of it, other files as they are.
struct Lister {
  private let workspace: Workspace
  private let source: ListingSource
  private let version: DataVersion
  private let options: ListingOptions
  /// Outputs of which nothing is recorded yet.
  var unrecorded: [RepositoryPath] = []
  private var listing = Listing()
  private var blobs: [(item: Int, blob: GitObjectID)] = []

  init(
    _ workspace: Workspace, source: ListingSource, version: DataVersion, options: ListingOptions
  ) {
    self.workspace = workspace
    self.source = source
    self.version = version
    self.options = options
  }

  /// - Throws: ``WorkspaceError/missing(_:)`` where there is nothing at `path`.
  mutating func list(_ path: RepositoryPath) throws -> Listing {
    if let output = version.output(containing: path) {
      try list(path, in: output)
    } else if let children = try self.children(of: path) {
      try list(children, of: path, at: [], level: 1)
    } else {
      try listFile(path)
    }
    try fillSizes()
    return listing
  }

  // MARK: Folders

  /// The names in a folder that is not tracked itself; `nil` where there is no such folder.
  private func children(of folder: RepositoryPath) throws -> [ListedChild]? {
    let outputs = version.outputs(below: folder)
    let unrecorded = self.unrecorded.filter { $0.isBelow(folder) }
    let plain =
      try options.onlyTracked && folder.isRoot ? [] : source.children(of: folder, in: workspace)
    guard plain != nil || !outputs.isEmpty || !unrecorded.isEmpty else { return nil }
    var byName: [[UInt8]: ListedChild] = [:]
    for child in plain ?? [] {
      // Of a revision, the ignored files of the workspace's own folder are still dver's.
      if !child.name.elementsEqual(".dver".utf8) { byName[child.name] = child }
    }
    if options.onlyTracked { byName = [:] }
    for output in outputs {
      let rest = output.path.bytes.dropFirst(folder.isRoot ? 0 : folder.bytes.count + 1)
      guard let slash = rest.firstIndex(of: RepositoryPath.slash) else {
        byName[Array(rest)] = ListedChild(output, name: Array(rest))
        continue
      }
      let name = Array(rest[..<slash])
      byName[name] = ListedChild(name: name, isDirectory: true)
    }
    for path in unrecorded {
      let name = Array(path.components[folder.components.count])
      let isInside = folder.appending(name) != path
      let status = try FileSystem.status(of: workspace.root.appending(path))
      var child =
        byName[name]
        ?? ListedChild(
          name: name, isDirectory: isInside || status?.isDirectory == true,
          size: status?.isFile == true ? status?.size : nil)
      child.isOutput = !isInside
      byName[name] = child
    }
    return byName.values.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  private mutating func list(
    _ children: [ListedChild], of folder: RepositoryPath, at place: [UInt8], level: Int
  ) throws {
    for child in children {
      let path = folder.appending(child.name)
      let shown = Self.joined(place, child.name)
      let isOpened = child.isDirectory && level < options.levels
      if !isOpened || options.showsFolders { append(child, at: shown) }
      guard isOpened else { continue }
      let count = listing.items.count
      if child.isOutput, let output = version.output(containing: path) {
        let members = ListedMembers(try version.entries(of: output))
        try list(inner(members, of: path), of: path, at: shown, level: level + 1)
      } else if let below = try self.children(of: path) {
        try list(below, of: path, at: shown, level: level + 1)
      }
      // An output with nothing in it is all there is to list.
      if child.isOutput, listing.items.count == count, !options.showsFolders {
        append(child, at: shown)
      }
    }
  }

  // MARK: Tracked directories

  /// Lists an output or a part of one.
  private mutating func list(_ path: RepositoryPath, in output: TrackedOutput) throws {
    guard let name = output.name, let part = path.relative(to: output.path) else { return }
    let own = Array(path.lastComponent)
    guard name.isDirectory else {
      guard part.isRoot else { throw WorkspaceError.missing(workspace.displayed(path)) }
      return append(ListedChild(output, name: own), at: own)
    }
    let table =
      part.isRoot
      ? try version.entries(of: output)
      : try version.reader(of: output.path).entries(of: name.digest, at: part)
    var members = ListedMembers(table, skipping: part.isRoot ? 0 : part.bytes.count + 1)
    if table.count == 1, table.paths[0].elementsEqual(part.bytes) {
      guard table.kinds[0] == .emptyDirectory else {
        return append(members.leaf(0, name: own), at: own)
      }
      members = ListedMembers(EntryTable())
    } else if !part.isRoot, table.isEmpty, try !isNewFolder(path) {
      return try listFile(path)
    }
    try list(inner(members, of: path), of: path, at: [], level: 1)
  }

  /// Whether the workspace has a folder at a path of a tracked directory that is not recorded.
  private func isNewFolder(_ path: RepositoryPath) throws -> Bool {
    guard case .workspace = source, !options.onlyTracked else { return false }
    return try source.children(of: path, in: workspace) != nil
  }

  /// What is in a folder of a tracked directory: what is recorded, and what is new in the workspace.
  private func inner(
    _ members: ListedMembers, of folder: RepositoryPath
  ) throws -> [ListedMembers.Child] {
    var children = members.children()
    guard !options.onlyTracked else { return children }
    let names = Set(children.map { $0.child.name })
    let news = try source.news(in: folder, besides: names, of: workspace)
    guard !news.isEmpty else { return children }
    for child in news { children.append((child: child, below: ListedMembers(EntryTable()))) }
    return children.sorted { $0.child.name.lexicographicallyPrecedes($1.child.name) }
  }

  private mutating func list(
    _ members: [ListedMembers.Child], of folder: RepositoryPath, at place: [UInt8], level: Int
  ) throws {
    for (child, below) in members {
      let path = folder.appending(child.name)
      let shown = Self.joined(place, child.name)
      let isLookedInto = child.isDirectory && level < options.levels
      let inside = isLookedInto ? try inner(below, of: path) : []
      // A new folder with nothing to list counts as little as it does beside tracked data.
      let isEntry = !isLookedInto || inside.isEmpty && child.isOutput
      if isEntry || options.showsFolders { append(child, at: shown) }
      try list(inside, of: path, at: shown, level: level + 1)
    }
  }

  // MARK: Items

  /// Lists a path that is a file and not tracked by dver.
  private mutating func listFile(_ path: RepositoryPath) throws {
    let siblings = try source.children(of: path.parent, in: workspace) ?? []
    let own = Array(path.lastComponent)
    guard !options.onlyTracked, let child = siblings.first(where: { $0.name == own }) else {
      try refuseSpecialFile(path)
      throw WorkspaceError.missing(workspace.displayed(path))
    }
    append(child, at: own)
  }

  private func refuseSpecialFile(_ path: RepositoryPath) throws {
    guard case .workspace = source,
      try FileSystem.status(of: workspace.root.appending(path))?.kind == .special
    else { return }
    throw WorkspaceError.failed(
      "\(workspace.displayed(path)) is a FIFO, a socket or a device, which is not listed",
      hint: nil)
  }

  private mutating func append(_ child: ListedChild, at path: [UInt8]) {
    if let blob = child.blob { blobs.append((listing.items.count, blob)) }
    listing.items.append(
      Listing.Item(
        path: path, isDirectory: child.isDirectory, isOutput: child.isOutput,
        isExecutable: child.isExecutable, size: child.size, name: child.content))
  }

  /// Looks up how large files in git are.
  private mutating func fillSizes() throws {
    guard !blobs.isEmpty, let git = try workspace.git() else { return }
    let contents = try git.blobs(blobs.map(\.blob))
    for (place, content) in zip(blobs, contents) {
      let item = listing.items[place.item]
      listing.items[place.item] = Listing.Item(
        path: item.path, isDirectory: item.isDirectory, isOutput: item.isOutput,
        isExecutable: item.isExecutable, size: Int64(content.count), name: item.name)
    }
  }

  private static func joined(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder.isEmpty ? name : folder + [RepositoryPath.slash] + name
  }
}

extension ListedChild {
  init(_ output: TrackedOutput, name: [UInt8]) {
    self.init(
      name: name, isDirectory: output.name?.isDirectory == true,
      isExecutable: output.record.isExecutable, size: output.record.size, content: output.name,
      isOutput: true)
  }
}
