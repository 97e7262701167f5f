import DverCore
import DverGit
import DverManifest

/// A version that a collection keeps, and why.
package struct KeptVersion: Sendable {
  /// The commit; `nil` for what is in no commit.
  package let commit: String?
  package fileprivate(set) var reasons: [String]

  init(commit: String?, reasons: [String]) { (self.commit, self.reasons) = (commit, reasons) }
}

/// Collects the objects of all that is kept.
struct CollectMarker {
  /// By the remote that their output names, in no particular order, also several times.
  private(set) var objectsByRemote: [String?: [Digest]] = [:]
  private(set) var versions: [KeptVersion] = []
  /// Objects that files of a workspace are links to, beside ``objects``.
  private(set) var linked: [Digest] = []
  private var seen: [String?: Set<Digest>] = [:]
  private var commits: [GitObjectID: Int] = [:]
  private var trees: Set<GitObjectID> = []

  /// All of them.
  var objects: [Digest] { objectsByRemote.values.flatMap(\.self) }

  /// Adds what some outputs consist of.
  ///
  /// - Parameter place: Where they are recorded, for messages.
  /// - Throws: ``CollectError/unreadable(place:reason:)``.
  mutating func add(
    _ outputs: [TrackedOutput], manifests: ManifestFiles, place: String
  ) throws {
    for output in outputs where output.isCached {
      guard let name = output.name else { continue }
      try reporting(place) {
        try add(name, reader: manifests.reader(of: output.path), remote: output.remote)
      }
    }
  }

  /// Adds what a catalog tracks, and what its locks record beside that.
  mutating func add(_ catalog: Catalog, manifests: ManifestFiles, place: String) throws {
    try add(catalog.outputs, manifests: manifests, place: place)
    let known = Set(catalog.outputs.compactMap(\.name))
    for name in try reporting(place, { try catalog.lockedNames() }) where !known.contains(name) {
      addIfReadable(name, manifests: manifests)
    }
  }

  mutating func add(_ name: ContentName, reader: ManifestReader, remote: String? = nil) throws {
    guard name.isDirectory else {
      return objectsByRemote[remote, default: []].append(name.digest)
    }
    try reader.addObjects(
      of: name.digest, seen: &seen[remote, default: []],
      to: &objectsByRemote[remote, default: []])
  }

  /// Adds the objects that files are links to.
  mutating func add(linked digests: [Digest]) { linked += digests }

  /// Adds what can be found of something that need not be complete.
  mutating func addIfReadable(_ name: ContentName, manifests: ManifestFiles) {
    objectsByRemote[nil, default: []].append(name.digest)
    guard name.isDirectory else { return }
    // A manifest that is half read must not keep the rest of another one from being read.
    let before = (objectsByRemote, seen)
    let path = RepositoryPath(normalized: Array(name.digest.hex.utf8))
    do {
      try add(name, reader: manifests.reader(of: path))
    } catch {
      (objectsByRemote, seen) = before
    }
  }

  /// Takes note of a version that is in no commit.
  mutating func note(_ reason: String) {
    versions.append(KeptVersion(commit: nil, reasons: [reason]))
  }

  /// Takes note of a commit.
  ///
  /// - Returns: Whether its tree has not been looked at.
  mutating func note(_ revision: GitRevision, _ reason: String) -> Bool {
    if let position = commits[revision.commit] {
      if !versions[position].reasons.contains(reason) { versions[position].reasons.append(reason) }
    } else {
      commits[revision.commit] = versions.count
      versions.append(KeptVersion(commit: revision.commit.hex, reasons: [reason]))
    }
    return trees.insert(revision.tree).inserted
  }
}

/// Says where something that cannot be read stands.
func reporting<Result>(_ place: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as CollectError {
    throw error
  } catch let error as any DverError {
    throw CollectError.unreadable(place: place, reason: error)
  }
}
