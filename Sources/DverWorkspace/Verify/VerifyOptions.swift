package import DverCore

/// What `verify` looks at, and for how long.
package struct VerifyOptions: Sendable {
  /// The remote whose objects are hashed, in place of the cache's.
  package var remote: String?
  /// Per mille of the objects, which follow those of the last time.
  package var samplePerMille: Int?
  /// After which time no further object is begun; the next time goes on there.
  package var budget: Duration?

  package init() {}
}

/// What `verify` found.
package struct VerifySummary: Sendable {
  package struct Finding: Sendable {
    package let digest: Digest
    /// Tracked paths that need the object, sorted; none where only other versions do.
    package let paths: [RepositoryPath]
  }

  package struct DamagedPack: Sendable {
    package let name: Digest
    /// `table`, `records`, or `unreadable`.
    package let damage: String
    /// Whether what is whole in it stands in a new pack by now.
    package let isMended: Bool
  }

  /// `the cache`, or a remote.
  package let place: String
  /// The folder in which the store keeps damaged objects, for people; `nil` where there is none.
  package var quarantine: String?
  package var objectCount = 0
  package var byteCount: Int64 = 0
  package var damaged: [Finding] = []
  package var missing: [Finding] = []
  /// Packs whose files were damaged; what could not be saved of them is among the objects.
  package var packs: [DamagedPack] = []
  /// Directories whose manifest is lost, or whose files under `.dver/manifests` are not those that
  /// the pointer names.
  package var manifests: [RepositoryPath] = []
  /// Whether all objects were looked at.
  package var isComplete = true

  init(place: String) { self.place = place }

  package var isSound: Bool {
    damaged.isEmpty && missing.isEmpty && packs.isEmpty && manifests.isEmpty
  }
}
