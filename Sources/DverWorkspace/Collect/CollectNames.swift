import DverCore
import DverFileSystem
import DverHashing
import DverManifest
import DverObjectStore

/// The lists of what projects have in a store: `names/<project>/<file>`.
///
/// A list is what a push wrote, or a command that used a shared cache: lines `DIGEST[.dir] PATH`
/// behind `commit` and `time`.
struct CollectNames {
  static let folder = "names"

  struct List {
    let file: String
    let project: String
    /// The lines that name something, as they are, and what they name.
    let lines: [(text: ArraySlice<UInt8>, name: ContentName)]
    let head: [UInt8]

    /// The commit from which it was pushed; `nil` where there was none.
    var commit: String? {
      head.split(separator: UInt8(ascii: "\n")).lazy
        .filter { $0.starts(with: "commit ".utf8) }
        .map { String(decoding: $0.dropFirst(7), as: UTF8.self) }.first { $0 != "none" }
    }

    /// The paths of what it names, as they are written.
    var paths: [String] {
      lines.map { line in
        String(decoding: line.text.drop { $0 != UInt8(ascii: " ") }.dropFirst(), as: UTF8.self)
      }
    }

    /// The file, without the lines that are not to stay.
    func bytes(keeping isKept: (ContentName) -> Bool = { _ in true }) -> [UInt8] {
      head
        + lines.filter { isKept($0.name) }.flatMap { Array($0.text) + [UInt8(ascii: "\n")] }
    }
  }

  private let store: ObjectStore
  /// The store's name in messages.
  private let place: String

  init(_ store: ObjectStore, place: String) { (self.store, self.place) = (store, place) }

  /// The projects that have lists, sorted.
  func projects() throws -> [String] {
    let names = try FileSystem.names(in: store.folder.appending(Self.folder)) ?? []
    return names.filter { $0.first != UInt8(ascii: ".") }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// Whether a project has lists, or had some.
  func isKnown(_ project: String) throws -> Bool {
    try FileSystem.exists(store.folder.appending(Self.folder).appending(project))
  }

  /// The lists of a project.
  ///
  /// - Throws: ``CollectError/unreadableNames(project:place:reason:)``.
  func lists(of project: String) throws -> [List] {
    try store.files(below: "\(Self.folder)/\(project)").compactMap { file in
      guard let bytes = try store.contents(of: file) else { return nil }
      return try list(bytes, file: file, project: project)
    }
  }

  private func list(_ bytes: [UInt8], file: String, project: String) throws -> List {
    var lines: [(text: ArraySlice<UInt8>, name: ContentName)] = []
    var head: [UInt8] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let word = String(
        decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
      if ["commit", "time"].contains(word) {
        head += line + [UInt8(ascii: "\n")]
      } else if let name = ContentName(word) {
        lines.append((line, name))
      } else {
        throw CollectError.unreadableNames(
          project: project, place: place, reason: "\(file) is damaged")
      }
    }
    guard bytes.last == UInt8(ascii: "\n") else {
      throw CollectError.unreadableNames(
        project: project, place: place, reason: "\(file) is cut short")
    }
    return List(file: file, project: project, lines: lines, head: head)
  }

  /// Adds what a list names.
  func add(
    _ list: List, to marker: inout CollectMarker,
    elsewhere: @escaping @Sendable (Digest) -> [UInt8]?
  ) throws {
    let store = store
    let reader = ManifestReader { digest, _ in
      if let bytes = try store.readIfPresent(digest) ?? elsewhere(digest) { return bytes }
      throw StoreError.missing(digest, store: "the store")
    }
    do {
      for line in list.lines { try marker.add(line.name, reader: reader) }
    } catch let error as any DverError {
      throw CollectError.unreadableNames(
        project: list.project, place: place, reason: error.message)
    }
  }

  /// Takes what is not kept any more out of a project's lists.
  ///
  /// - Parameter limit: Lists that were written, or written again, from then on are not judged.
  func prune(
    _ lists: [List], judgedBefore limit: Int64, keeping isKept: (Digest) -> Bool
  ) throws {
    for list in lists {
      let status = try FileSystem.status(of: store.folder.appending(list.file))
      guard let status, status.modified < limit else { continue }
      let left = list.lines.count { isKept($0.name.digest) }
      guard left < list.lines.count else { continue }
      if left > 0 {
        try write(list.bytes { isKept($0.digest) }, project: list.project)
      }
      try FileSystem.removeFile(store.folder.appending(list.file))
    }
  }

  /// Writes a list, on stable storage, unless an equal one is there, which is as young then as if it
  /// were new.
  ///
  /// - Returns: Whether there was none.
  @discardableResult
  func write(_ bytes: [UInt8], project: String) throws -> Bool {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.starts(with: "time ".utf8) }
    let body = lines.flatMap { Array($0) + [UInt8(ascii: "\n")] }
    let name = SHA256.digest(of: body.span).hex.prefix(32)
    let transaction = StoreTransaction(store)
    let file = "\(Self.folder)/\(project)/\(name)"
    guard try transaction.write(bytes, to: file, refreshes: true) else { return false }
    try transaction.barrier()
    return true
  }

  /// Writes a list of what a project has that was not pushed from any commit.
  func write(_ items: [(name: ContentName, path: RepositoryPath)], project: String) throws {
    guard !items.isEmpty else { return }
    let lines = items.map { "\($0.name) \(PathQuoting.quoted($0.path.bytes))\n" }.sorted()
    let head = "commit none\ntime \(FileClock.now().nanoseconds / 1_000_000_000)\n"
    try write(Array((head + lines.joined()).utf8), project: project)
  }

  /// Forgets what a project has, so that it is no longer kept on its behalf.
  ///
  /// - Parameter isDry: Whether the lists stay.
  /// - Returns: How many lists there were.
  func forget(_ project: String, isDry: Bool) throws -> Int {
    let known = try projects()
    guard known.contains(project) else {
      throw CollectError.unknownProject(project, known: known)
    }
    let count = try store.files(below: "\(Self.folder)/\(project)").count
    if !isDry {
      try FileSystem.removeTree(store.folder.appending(Self.folder).appending(project))
    }
    return count
  }
}
