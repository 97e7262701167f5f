package import DverCore

/// What `repair` did in one store.
package struct RepairSummary: Sendable {
  /// Where a sound copy came from.
  package struct Repair: Sendable {
    package let digest: Digest
    /// `the workspace`, `the trash`, `quarantine` or another store.
    package let source: String
    /// Tracked paths that need the object, sorted.
    package let paths: [RepositoryPath]
  }

  package let place: String
  /// Objects that were looked at.
  package var objectCount = 0
  /// In the order of digests.
  package var repaired: [Repair] = []
  /// What is still damaged or missing, in the order of digests.
  package var lost: [VerifySummary.Finding] = []
  /// Directories whose files under `.dver/manifests` were written anew, sorted.
  package var manifests: [RepositoryPath] = []
  /// Directories whose manifest is nowhere to be found, sorted.
  package var lostManifests: [RepositoryPath] = []

  init(place: String) { self.place = place }

  package var isComplete: Bool { lost.isEmpty && lostManifests.isEmpty }
}
