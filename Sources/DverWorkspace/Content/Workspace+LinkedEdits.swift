import DverCore
import DverFileSystem
import DverObjectStore
import Synchronization

/// What was written to objects through the links that stand for them.
extension Workspace {
  /// Puts copies of a damaged object in the places of the links that lead to it, before it goes to
  /// quarantine: somebody may have written to it through one of them, and no other place has that
  /// work.
  ///
  /// The links of all work trees and of old outputs that are aside; those of other repositories with
  /// the same cache are not known. The user is told of each.
  func keepWhatLinksHold(_ digest: Digest, in store: ObjectStore) {
    let quarantined = Self.quarantined(digest, in: store)
    for link in links(to: digest) {
      let path = link.relative(to: root)
      let shown = path.map { displayed($0) } ?? PathQuoting.quoted(link.bytes)
      do {
        guard try replaceLink(link, byCopyOf: store.path(of: digest)) else { continue }
      } catch {
        let cause = (error as? any DverError)?.message ?? "\(error)"
        notices.warning(
          "\(shown) is a link to an object that somebody wrote to, or that is damaged, and cannot be "
            + "replaced by a copy (\(cause)): what it held is kept in \(quarantined)")
        continue
      }
      // An old output that is aside goes into the cache, or back to its place.
      if path?.isReserved == true { continue }
      notices.warning(
        "\(shown) was written to through its link into the cache, or is damaged: it is a file of its "
          + "own now, with what it held; keep that with 'dver add' or 'dver commit', or bring back "
          + "what is recorded with 'dver checkout -f' (it is also kept in \(quarantined))")
    }
  }

  private static func quarantined(_ digest: Digest, in store: ObjectStore) -> String {
    "\(PathQuoting.quoted(store.quarantineFolder.bytes)) as \(digest.hex.prefix(12))…"
  }

  /// Tells where the bytes are of links into the cache that lead nowhere, because another repository
  /// with the same cache moved their objects to quarantine.
  func warnOfQuarantined(_ paths: [RepositoryPath]) {
    guard let store = try? cacheIfPresent() else { return }
    for path in paths {
      guard let object = try? self.object(behindLink: root.appending(path)), object.status == nil,
        (try? FileSystem.exists(store.quarantineFolder.appending(object.digest.hex))) == true
      else { continue }
      notices.warning(
        "\(displayed(path)) is a link to an object that somebody wrote to, or that was damaged: what it "
          + "held is kept in \(Self.quarantined(object.digest, in: store))")
    }
  }

  /// Says of files whose content is there after all that their record has another size.
  func warnOfWrongSizes(_ paths: [RepositoryPath]) {
    guard let catalog = try? catalog() else { return }
    for path in paths {
      guard let output = catalog.output(at: path), let text = wrongSize(of: output)
      else { continue }
      notices.warning("\(text): correct that, or run 'dver add' where the data is")
    }
  }

  /// How the record of a file and the object that it names differ; `nil` where they do not.
  func wrongSize(of output: TrackedOutput) -> String? {
    guard let name = output.name, !name.isDirectory, let size = output.record.size,
      let found = try? byteCountInCache(of: name.digest), found != size,
      (try? cacheIfPresent()?.isIntact(name.digest)) == true
    else { return nil }
    return "\(output.originText) records \(size) bytes for \(displayed(output.path)), "
      + "and its object has \(found)"
  }

  private func links(to digest: Digest) -> [AbsolutePath] {
    let known = knownLinks.withLock { known in
      if let known { return known }
      let found = findLinks()
      known = found
      return found
    }
    // What was set aside since.
    let aside = stateFolder.appending("aside")
    guard let found = try? DirectoryWalk(aside, skipsFiles: true).run() else {
      return known[digest] ?? []
    }
    let links = (0..<found.count).filter { found.kinds[$0] == .link }
      .map { aside.appending(found.paths[$0]) }
    return (known[digest] ?? []) + links.filter { (try? object(behindLink: $0))?.digest == digest }
  }

  private func findLinks() -> [Digest: [AbsolutePath]] {
    // A work tree that is not there now must keep nobody from mending the cache.
    let workspaces = (try? workspacesOfRepository()) ?? [self]
    var links: [Digest: [AbsolutePath]] = [:]
    for workspace in workspaces where workspace.bare == nil {
      do {
        let found = try workspace.linksIntoStores(passesClosedFolders: true)
        for item in found { links[item.digest, default: []].append(item.link) }
      } catch {
        // The cache is mended all the same.
        let cause = (error as? any DverError)?.message ?? "\(error)"
        notices.warning(
          "links into the cache are not known in \(PathQuoting.quoted(workspace.root.bytes)) "
            + "(\(cause)): what was written through one of them is kept in quarantine alone")
      }
    }
    return links
  }

  /// - Returns: `false` where it is no link to that very file.
  func replaceLink(
    _ link: AbsolutePath, byCopyOf object: AbsolutePath
  ) throws -> Bool {
    guard try FileSystem.status(of: link)?.isLink == true,
      let target = try self.object(behindLink: link)?.status,
      let status = try FileSystem.status(of: object),
      target.inode == status.inode, target.device == status.device
    else { return false }
    let copy = link.parent.appending(FileSystem.temporaryName())
    do {
      try copyFile(object, to: copy)
      try FileSystem.rename(copy, to: link)
    } catch {
      _ = try? FileSystem.removeFile(copy)
      throw error
    }
    return true
  }
}
