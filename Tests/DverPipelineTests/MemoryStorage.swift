import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverPipeline
import Glibc
import Synchronization

/// A store of small files and directories of files in memory, over a real folder.
final class MemoryStorage: StageStorage {
  struct State {
    /// Files by relative path, by the name of their content.
    var objects: [ContentName: [[UInt8]: [UInt8]]] = [:]
    var finished: [StageAddress: StageLock] = [:]
    var preserved: [RepositoryPath] = []
    var barrierCount = 0
    var parameters: [String: ParameterValue] = [:]
    var past: [OutputRecord]?
  }

  let root: AbsolutePath
  let state: Mutex<State> = Mutex(State())

  init(root: AbsolutePath) { self.root = root }

  private func files(at location: AbsolutePath) throws -> (ContentName, [[UInt8]: [UInt8]])? {
    guard let status = try FileSystem.statusFollowingLinks(of: location) else { return nil }
    var files: [[UInt8]: [UInt8]] = [:]
    func collect(_ path: AbsolutePath, _ name: [UInt8]) throws {
      if try FileSystem.statusFollowingLinks(of: path)?.isDirectory == true {
        for child in try FileSystem.names(in: path) ?? [] {
          try collect(path.appending(child), name + [RepositoryPath.slash] + child)
        }
      } else {
        files[name] = try FileSystem.contents(of: path)
      }
    }
    try collect(location, [])
    var listing: [UInt8] = []
    for (name, bytes) in files.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      listing += name + [0] + SHA256.digest(of: bytes.span).bytes
    }
    let digest = SHA256.digest(of: listing.span)
    return (ContentName(digest: digest, isDirectory: status.isDirectory), files)
  }

  private func location(_ path: DependencyPath) -> AbsolutePath {
    switch path {
    case .inside(let path): root.appending(path)
    case .outside(let path): path
    }
  }

  func currentRecord(of path: DependencyPath, isRecheck: Bool) throws -> OutputRecord? {
    try files(at: location(path)).map { OutputRecord(path: [], name: $0.0) }
  }

  func refreshedLock(of stage: ResolvedStage) throws -> StageLock? {
    state.withLock { $0.finished[stage.address] }
  }

  func parameters(
    _ selection: ParameterSelection, at file: DependencyPath, isRecheck: Bool
  ) throws -> StageLock.ParameterFile? {
    let values = state.withLock(\.parameters)
    return StageLock.ParameterFile(
      file: selection.file,
      values: selection.keys.compactMap { key in
        values[key].map { StageLock.Value(key: key, value: $0) }
      })
  }

  func isStored(_ record: OutputRecord) throws -> Bool {
    guard let name = record.name else { return false }
    return state.withLock { $0.objects[name] != nil }
  }

  func requireTrackable(_ output: StageOutput, at path: RepositoryPath) {}

  func requireReplaceable(_ path: RepositoryPath) {}

  func storeOutput(_ output: StageOutput, at path: RepositoryPath) throws -> OutputRecord {
    guard let (name, files) = try files(at: root.appending(path)) else {
      throw FileSystemError(.open, root.appending(path), code: ENOENT)
    }
    if output.isCached { state.withLock { $0.objects[name] = files } }
    return OutputRecord(path: [], name: name)
  }

  func restoreOutput(
    _ record: OutputRecord, as output: StageOutput, at path: RepositoryPath
  ) throws {
    guard let name = record.name, let files = state.withLock({ $0.objects[name] }) else {
      throw FileSystemError(.open, root.appending(path), code: ENOENT)
    }
    for (name, bytes) in files {
      let target = AbsolutePath(normalized: root.appending(path).bytes + name)
      try FileSystem.makeDirectories(target.parent)
      try FileSystem.replaceContents(of: target, with: bytes)
    }
  }

  func preserve(_ location: AbsolutePath, of path: RepositoryPath) throws {
    guard let (name, files) = try files(at: location) else { return }
    state.withLock {
      $0.objects[name] = files
      $0.preserved.append(path)
    }
  }

  func unprotect(_ path: RepositoryPath) throws {}
  func barrier() throws { state.withLock { $0.barrierCount += 1 } }

  func finish(_ stage: ResolvedStage, lock: StageLock, replacing old: StageLock?) throws {
    state.withLock { $0.finished[stage.address] = lock }
  }

  func pastOutputs(of stage: ResolvedStage, key: Digest) throws -> [OutputRecord]? {
    state.withLock(\.past)
  }

  func rememberRun(of stage: ResolvedStage, key: Digest, lock: StageLock) throws {}
}
