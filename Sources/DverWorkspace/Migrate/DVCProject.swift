import DverCore
import DverFileSystem
import DverIgnore
import DverManifest

/// A project of DVC, read and never changed.
struct DVCProject {
  struct Pointer {
    /// Of the `.dvc` file.
    let path: RepositoryPath
    let file: DVCPointer
    /// Where the paths of its outputs count from.
    let directory: RepositoryPath
  }

  struct Pipeline {
    let folder: RepositoryPath
    let definition: [UInt8]
    let locks: [DVCStageLock]
  }

  let root: AbsolutePath
  let configuration: DVCConfiguration
  /// Sorted by path.
  private(set) var pointers: [Pointer] = []
  private(set) var pipelines: [Pipeline] = []
  private(set) var ignoreFiles: [RepositoryPath] = []

  static let pointerSuffix = ".dvc"
  static let pipelineName = "dvc.yaml"
  private static let lockName = "dvc.lock"
  static let ignoreName = ".dvcignore"
  static let folderName = ".dvc"

  /// Whether a path is one of DVC's own text files.
  static func isOwn(_ path: RepositoryPath) -> Bool {
    let name = path.lastComponent
    return path.hasSuffix(pointerSuffix)
      || [pipelineName, lockName, ignoreName].contains { name.elementsEqual($0.utf8) }
  }

  /// - Throws: ``WorkspaceError`` where there is no project, or one that cannot be read.
  ///
  /// - Parameter isSource: Whether the project is only read, to make a copy.
  init(at root: AbsolutePath, isSource: Bool) throws {
    self.root = root
    let folder = root.appending(Self.folderName)
    guard try FileSystem.exists(folder.appending("config")) else {
      throw WorkspaceError.failed(
        "\(root) is not a project of DVC: it has no .dvc/config",
        hint: "run the command at the root of the project, or name it with --from")
    }
    configuration = try DVCConfiguration(of: folder)
    let cache = configuration.cacheFolder
    let isOwn =
      try FileSystem.exists(cache)
      && cache.resolvingLinks()
        == folder.resolvingLinks()
        .appending("cache")
    ownCache = isOwn && !isSource ? try cache.resolvingLinks() : nil
    try visit(.root, ignore: IgnoreStack())
    pointers.sort { $0.path < $1.path }
    pipelines.sort { $0.folder < $1.folder }
  }

  /// Folders of tracked data, which are not looked into.
  private var tracked: [RepositoryPath] {
    pointers.flatMap { pointer in
      pointer.file.outputs.compactMap { pointer.directory.resolving($0.path) }
    }
  }

  private mutating func visit(_ folder: RepositoryPath, ignore outer: IgnoreStack) throws {
    guard let entries = try FileSystem.entries(in: root.appending(folder)) else { return }
    var ignore = outer
    if entries.contains(where: { $0.name.elementsEqual(Self.ignoreName.utf8) }) {
      let path = folder.appending(Self.ignoreName.utf8)
      let bytes = try FileSystem.contents(of: root.appending(path)) ?? []
      ignore.push(IgnoreRules(folder: folder, contents: bytes, fileName: Self.ignoreName))
      ignoreFiles.append(path)
    }
    for entry in entries where !entry.isDirectory {
      let path = folder.appending(entry.name)
      guard !ignore.decision(forPath: path.bytes.span, isDirectory: false).isIgnored else {
        continue
      }
      if entry.name.elementsEqual(Self.pipelineName.utf8) {
        try readPipeline(in: folder)
      } else if path.hasSuffix(Self.pointerSuffix), entry.name.count > Self.pointerSuffix.count {
        try readPointer(at: path)
      }
    }
    let data = Set(tracked)
    for entry in entries where entry.isDirectory {
      let child = folder.appending(entry.name)
      let isOwn = [".git", Self.folderName, ".dver"].contains { entry.name.elementsEqual($0.utf8) }
      guard !isOwn, !data.contains(child),
        !ignore.decision(forPath: child.bytes.span, isDirectory: true).isIgnored,
        // A project of its own.
        try !FileSystem.exists(root.appending(child).appending(Self.folderName))
      else { continue }
      try visit(child, ignore: ignore)
    }
  }

  private mutating func readPointer(at path: RepositoryPath) throws {
    let bytes = try FileSystem.contents(of: root.appending(path)) ?? []
    guard let file = try DVCPointer(bytes, source: path.description) else { return }
    guard let directory = path.parent.resolving(file.workingDirectory ?? Array(".".utf8)) else {
      throw WorkspaceError.outside("the folder that \(path) names")
    }
    pointers.append(Pointer(path: path, file: file, directory: directory))
  }

  private mutating func readPipeline(in folder: RepositoryPath) throws {
    let definition = folder.appending(Self.pipelineName.utf8)
    let lock = folder.appending(Self.lockName.utf8)
    let locks = try FileSystem.contents(of: root.appending(lock)).map {
      try DVCStageLock.all(in: $0, source: lock.description)
    }
    pipelines.append(
      Pipeline(
        folder: folder,
        definition: try FileSystem.contents(of: root.appending(definition)) ?? [],
        locks: locks ?? []))
  }

  // MARK: Objects

  /// The cache, if it is the project's alone: a folder in `.dvc`, and no link to another one.
  let ownCache: AbsolutePath?

  /// Where an object may be: the cache, then remotes that are folders.
  var stores: [AbsolutePath] {
    [configuration.cacheFolder] + configuration.remotes.compactMap(\.folder)
  }

  /// A file that holds an object, whether it is sound or not; the first one of several.
  func files(of hash: DVCHash) throws -> [AbsolutePath] {
    try stores.map { $0.appending(hash.objectPath) }.filter {
      try FileSystem.statusFollowingLinks(of: $0)?.isFile == true
    }
  }

  /// The files of DVC itself, which dver has its own in the place of.
  var ownFiles: [RepositoryPath] {
    pointers.map(\.path) + ignoreFiles
      + pipelines.flatMap { pipeline in
        [Self.pipelineName, Self.lockName].map { pipeline.folder.appending($0.utf8) }
      }
  }
}
