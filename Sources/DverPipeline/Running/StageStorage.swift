package import DverCore
package import DverFileSystem
package import DverManifest

/// What running stages needs of the workspace around them: contents, parameters, the store.
///
/// Called from several threads at once.
package protocol StageStorage: Sendable {
  /// What is at `path`, through links; `nil` where nothing is. The record's own path is not used.
  ///
  /// - Parameter isRecheck: Whether the disk must be looked at again, even if this was asked
  ///   before and no stage has written there since.
  func currentRecord(of path: DependencyPath, isRecheck: Bool) throws -> OutputRecord?

  /// As ``currentRecord(of:isRecheck:)``, for what a stage reads: links inside a folder that lead
  /// out of it count with what they lead to.
  func dependencyRecord(of path: DependencyPath, isRecheck: Bool) throws -> OutputRecord?

  /// The first of `parts`, the data that is tracked inside of `folder`, that is not there.
  func missingPart(
    of folder: RepositoryPath, among parts: [RepositoryPath]
  ) throws -> RepositoryPath?

  /// The name of what is recorded at `path`, which is not there; `nil` where nothing is, or it cannot be
  /// told.
  ///
  /// - Parameter made: The output of a stage around it, with what the stage's lock records; else a pointer
  ///   may track it.
  func recordedName(
    of path: RepositoryPath, in made: (path: RepositoryPath, record: OutputRecord?)?
  ) throws -> ContentName?

  /// The name that `folder` would have if it had all that is tracked or made in it, as that is recorded;
  /// `nil` where this cannot be told.
  ///
  /// - Parameters:
  ///   - tracked: What pointers track inside of the folder.
  ///   - made: What stages write there, with what their locks record.
  func completedName(
    of folder: RepositoryPath, tracked: [RepositoryPath],
    made: [(path: RepositoryPath, record: OutputRecord?)]
  ) throws -> ContentName?

  /// The values of the selected keys, or of all top-level ones; missing keys are left out. `nil`
  /// where there is no such file.
  ///
  /// - Parameter isRecheck: Whether the file must be read again, even if it looks as it did.
  func parameters(
    _ selection: ParameterSelection, at file: DependencyPath, isRecheck: Bool
  ) throws -> StageLock.ParameterFile?

  /// Whether a path is a symbolic link that stands for an object of a store.
  func isLinkIntoStore(_ path: AbsolutePath) throws -> Bool

  /// Takes note that the commands of a stage have ended: parameter files that were read before may
  /// have been edited meanwhile.
  func commandsEnded()

  /// Whether the store holds all of the content.
  func isStored(_ record: OutputRecord) throws -> Bool

  /// Refuses an output that cannot be looked after: one behind a link, or one for the cache that git
  /// keeps as well.
  func requireTrackable(_ output: StageOutput, at path: RepositoryPath) throws

  /// Refuses to put an output aside that holds what is no data, a remote for example.
  func requireReplaceable(_ path: RepositoryPath) throws

  /// Records a new output, and stores it if it is one for the cache and outputs are committed.
  func storeOutput(_ output: StageOutput, at path: RepositoryPath) throws -> OutputRecord

  /// Puts stored content in place, where nothing is.
  func restoreOutput(_ record: OutputRecord, as output: StageOutput, at path: RepositoryPath)
    throws

  /// Makes sure that the store holds the content at `location`, an old version of the output at
  /// `path` that is about to be dropped.
  func preserve(_ location: AbsolutePath, of path: RepositoryPath) throws

  /// What stands in a folder at `location`, an old version of the output at `path`, that the store
  /// does not get: paths inside of it.
  func hiddenPaths(at location: AbsolutePath, of path: RepositoryPath) throws -> [RepositoryPath]

  /// Takes note that something of an old output is kept at a place.
  func kept(_ place: AbsolutePath)

  /// Takes note that a stage's output is another one now; the old one is in the store, unless
  /// nothing was there.
  func replaced(_ old: OutputRecord?, by new: OutputRecord, at path: RepositoryPath)

  /// Replaces links into the store by copies that a command may change.
  func unprotect(_ path: RepositoryPath) throws

  /// Waits until everything stored so far is on stable storage.
  func barrier() throws

  /// Takes note of a stage's new lock; soon, but not necessarily at once, it is in `dver.lock`, unless
  /// that has another one than `old` by then.
  func finish(_ stage: ResolvedStage, lock: StageLock, replacing old: StageLock?) throws

  /// The stage's lock as another process has left it; what was known of the stage's files is
  /// forgotten.
  func refreshedLock(of stage: ResolvedStage) throws -> StageLock?

  /// The outputs, in the stage's order, of an earlier run with this key whose content can all be
  /// had.
  func pastOutputs(of stage: ResolvedStage, key: Digest) throws -> [OutputRecord]?

  /// Keeps what a run wrote, for ``pastOutputs(of:key:)``.
  func rememberRun(of stage: ResolvedStage, key: Digest, lock: StageLock) throws
}

extension StageStorage {
  package func dependencyRecord(
    of path: DependencyPath, isRecheck: Bool
  ) throws -> OutputRecord? {
    try currentRecord(of: path, isRecheck: isRecheck)
  }

  package func hiddenPaths(
    at location: AbsolutePath, of path: RepositoryPath
  ) throws -> [RepositoryPath] { [] }

  package func missingPart(
    of folder: RepositoryPath, among parts: [RepositoryPath]
  ) throws -> RepositoryPath? { nil }

  package func recordedName(
    of path: RepositoryPath, in made: (path: RepositoryPath, record: OutputRecord?)?
  ) throws -> ContentName? { nil }

  package func completedName(
    of folder: RepositoryPath, tracked: [RepositoryPath],
    made: [(path: RepositoryPath, record: OutputRecord?)]
  ) throws -> ContentName? { nil }

  package func isLinkIntoStore(_ path: AbsolutePath) throws -> Bool { false }

  package func kept(_ place: AbsolutePath) {}

  package func commandsEnded() {}

  package func replaced(_ old: OutputRecord?, by new: OutputRecord, at path: RepositoryPath) {}
}
