import DverCore
import DverObjectStore

/// What a collection of some time ago kept, as far as that can be told now.
struct PastScope {
  /// That of the collection, or a wider one.
  let scope: CollectScope
  let marker: CollectMarker
  /// Whether it is exactly what this project asked for then.
  let isExact: Bool
}

extension Workspace {
  /// What the collection that filled a part of the trash kept; everything there is where that cannot be
  /// told, or where it was another project's.
  ///
  /// - Returns: `nil` where what it kept is out of reach, so that nothing may be deleted.
  /// - Throws: What keeps any collection from being judged.
  func pastScope(of operation: TrashedOperation, in place: CollectPlace) throws -> PastScope? {
    guard let note = operation.note, note.project == place.project,
      let scope = CollectScope(words: note.scope)
    else {
      let all = ((try? git()) ?? nil) == nil ? CollectScope() : .everything
      return try past(all, isExact: false)
    }
    do {
      return try past(scope, isExact: true)
    } catch let error as Interrupted {
      throw error
    } catch let error as any DverError {
      // Nothing is said about the scope where not even the files and the index can be read.
      _ = try past(CollectScope(), isExact: false)
      return try wider(scope, because: error)
    }
  }

  private func past(_ scope: CollectScope, isExact: Bool) throws -> PastScope {
    var marker = CollectMarker()
    try addRoots(scope, to: &marker)
    return PastScope(scope: scope, marker: marker, isExact: isExact)
  }

  /// What is to stay in a store now, of what a collection kept then.
  ///
  /// - Parameter since: From when on the project's own lists count.
  func part(
    of place: CollectPlace, _ past: PastScope, host: CollectMarker?, since: Int64
  ) throws -> CollectionTask.Part {
    func part(_ scope: CollectScope) throws -> CollectionTask.Part {
      try self.part(
        of: place, marker: past.marker, host: host, scope: scope, listsSince: since)
    }
    guard past.scope.notInRemote != nil else { return try part(past.scope) }
    do {
      return try part(past.scope)
    } catch let error as Interrupted {
      throw error
    } catch let error as any DverError {
      // Without it more is kept.
      var wider = past.scope
      wider.notInRemote = nil
      let found = try part(wider)
      notices.warning("\(error.message): what was pushed there stays in \(place.name)")
      return found
    }
  }

  /// In the place of revisions that are gone by now, all that git reaches: it is more than they led to.
  /// What other projects need, nothing can take the place of.
  private func wider(_ scope: CollectScope, because error: any DverError) throws -> PastScope? {
    var all = CollectScope.everything
    (all.projects, all.notInRemote) = (scope.projects, scope.notInRemote)
    do {
      let found = try past(all, isExact: false)
      notices.warning(
        "\(error.message), so nobody can tell what was kept: what any commit needs stays")
      return found
    } catch let error as Interrupted {
      throw error
    } catch let error as any DverError {
      notices.warning(
        "\(error.message), so nobody can tell what was kept: what was not stays in the trash")
      return nil
    }
  }
}
