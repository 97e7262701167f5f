import DverCore
package import DverFileSystem

/// The folders that set-aside and failed outputs live in.
package struct AsideLayout: Sendable {
  /// The workspace.
  package let root: AbsolutePath
  /// `.dver/state/aside`: for each process a file `TOKEN.lock`, which shows that it lives, and a
  /// folder `TOKEN` with its journal and what it set aside.
  package let aside: AbsolutePath
  /// `.dver/tmp/failed`: a folder for each stage whose last run failed.
  package let failed: AbsolutePath
  /// How processes tell that they live.
  package var leases = LeaseSettings()
  /// Told of what is left out where something goes to another file system: a pipe, a socket or a
  /// device, which holds no data.
  package var onSkipped: @Sendable (AbsolutePath) -> Void = { _ in }
  /// For files that nobody is to see.
  let scratch: AbsolutePath

  package init(
    root: AbsolutePath, aside: AbsolutePath, failed: AbsolutePath,
    scratch: AbsolutePath? = nil
  ) {
    self.scratch = scratch ?? aside.parent
    self.root = root
    self.aside = aside
    self.failed = failed
  }

  /// What was in old outputs, is in no store and has no place in the new ones.
  package var kept: AbsolutePath { aside.parent.appending("kept") }

  func folder(of token: String) -> AbsolutePath { aside.appending(token) }
  func lock(of token: String) -> AbsolutePath { aside.appending(token + Self.lockSuffix) }
  func quarantine(of stage: StageAddress) -> Quarantine {
    Quarantine(root: root, directory: failed, stage: stage, onSkipped: onSkipped)
  }

  /// What a process sets aside of the output at `path`, the `index`-th of its stage `number`.
  func places(
    of path: RepositoryPath, token: String, number: Int, index: Int
  ) -> AsidePlaces {
    AsidePlaces(
      original: root.appending(path), root: root, area: folder(of: token),
      item: "\(number).\(index).\(SafeFileName.encoded(path.bytes))",
      mark: "\(token)-\(number)", onSkipped: onSkipped)
  }

  static let lockSuffix = ".lock"
}
