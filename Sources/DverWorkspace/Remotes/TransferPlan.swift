import DverCore
import DverGit
import DverHashing
import DverManifest
import DverObjectStore
import DverRemote

/// A selected output, as the workspace or a revision has it.
struct TransferItem: Sendable {
  let selection: Selection
  /// The revision's tree; `nil` for the workspace.
  let tree: GitObjectID?

  var output: TrackedOutput { selection.output }
}

/// The objects behind what a command selected, each once, and the paths that need them.
struct TransferPlan: Sendable {
  /// What one item consists of; a file is one entry with an empty path.
  struct Source: Sendable {
    let item: TransferItem
    let entries: EntryTable
  }

  struct NodePlace: Sendable {
    let directory: RepositoryPath
    let location: RepositoryPath
    let tree: GitObjectID?
  }

  /// Who needs an object: an entry of a source.
  private struct Need {
    let source: Int32
    let entry: Int32
  }

  private(set) var sources: [Source] = []
  /// Files, in the order of the sources.
  private(set) var files = ObjectBatch()
  private var needs: [Need] = []
  /// Nodes of manifests.
  private(set) var nodes = ObjectBatch()
  /// Where the nodes stand, in the same order.
  private(set) var nodePlaces: [NodePlace] = []
  /// Directories whose manifest cannot be read.
  private(set) var unreadable: [RepositoryPath] = []
  private var seen: Set<Digest> = []
  private var seenItems: Set<SeenItem> = []

  private struct SeenItem: Hashable {
    let path: RepositoryPath
    let part: RepositoryPath?
    let name: ContentName
  }

  /// The path that needs a file of the plan; the first one if several do.
  func path(ofFile index: Int) -> RepositoryPath {
    let need = needs[index]
    let source = sources[Int(need.source)]
    return source.item.output.path.appending(source.entries.paths[Int(need.entry)])
  }

  func output(ofFile index: Int) -> TrackedOutput {
    sources[Int(needs[index].source)].item.output
  }

  /// Adds what an item consists of.
  ///
  /// - Throws: ``WorkspaceError/noSuchTarget(_:)`` where the directory has no such part.
  mutating func add(_ item: TransferItem, manifests: ManifestFiles) throws {
    let output = item.output
    guard let name = output.name else { return }
    let key = SeenItem(path: output.path, part: item.selection.part, name: name)
    guard seenItems.insert(key).inserted else { return }
    guard name.isDirectory else {
      var table = EntryTable()
      table.append(
        path: [UInt8](), kind: output.record.isExecutable ? .executable : .file,
        digest: name.digest, size: output.record.size ?? -1)
      return add(Source(item: item, entries: table))
    }
    do {
      let reader = manifests.reader(of: output.path)
      let entries = try reader.entries(of: name.digest, at: item.selection.part ?? .root)
      if item.selection.part != nil, entries.isEmpty, item.tree == nil {
        throw WorkspaceError.noSuchTarget(
          output.path.appending(item.selection.part ?? .root).description)
      }
      for node in try reader.nodes(of: name.digest) where seen.insert(node.digest).inserted {
        nodes.append(node.digest, size: -1)
        nodePlaces.append(
          NodePlace(directory: output.path, location: node.location, tree: item.tree))
      }
      add(Source(item: item, entries: entries))
    } catch is ManifestLookupError {
      unreadable.append(output.path)
    }
  }

  private mutating func add(_ source: Source) {
    let number = Int32(sources.count)
    let entries = source.entries
    sources.append(source)
    seen.reserveCapacity(seen.count + entries.count)
    for index in 0..<entries.count {
      guard entries.kinds[index] == .file || entries.kinds[index] == .executable,
        seen.insert(entries.digests[index]).inserted
      else { continue }
      files.append(entries.digests[index], size: entries.sizes[index])
      needs.append(Need(source: number, entry: Int32(index)))
    }
  }
}
