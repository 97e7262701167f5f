package import DverCore
import Glibc

extension StageGraph {
  /// What a target on the command line names.
  package struct Selection: Hashable, Sendable {
    /// Stages; those of one target ascending.
    package var stages: [Int] = []
    /// Tracked paths, ascending.
    package var tracked: [Int] = []
    /// An output that was named, or a path inside of one; `nil` where the stage itself was.
    package var output: RepositoryPath?

    package init(stages: [Int] = [], tracked: [Int] = [], output: RepositoryPath? = nil) {
      self.stages = stages
      self.tracked = tracked
      self.output = output
    }

    var isEmpty: Bool { stages.isEmpty && tracked.isEmpty }
  }

  /// Finds what `target` names: a stage of the current folder's file, a member of a group or all of
  /// it, `path/dver.yaml`, `path/dver.yaml:name`, `:` for the current folder's file, a pointer file,
  /// with or without a name behind it, which says nothing, an output or a path inside one.
  ///
  /// - Parameters:
  ///   - folder: What the target counts from.
  ///   - isGlob: Whether names are patterns.
  ///   - isRecursive: Whether a folder stands for all stages of the files in it, also where a stage has its
  ///     name.
  package func select(
    _ target: String, from folder: RepositoryPath, isGlob: Bool = false, isRecursive: Bool = false
  ) throws -> Selection {
    let defaultFile = folder.appending(StageAddress.defaultFileName.utf8)
    if let colon = target.lastIndex(of: ":") {
      let name = String(target[target.index(after: colon)...])
      let file = colon == target.startIndex ? defaultFile : path(target[..<colon], from: folder)
      if let file {
        let found = name.isEmpty ? stages(of: file) : stages(named: name, in: file, isGlob: isGlob)
        if !found.isEmpty { return Selection(stages: found) }
      }
    }
    if isRecursive, let path = path(target[...], from: folder) {
      let below = contents(of: path)
      if !below.isEmpty { return below }
    }
    let named = stages(named: target, in: defaultFile, isGlob: isGlob)
    if !named.isEmpty { return Selection(stages: named) }
    guard let path = path(target[...], from: folder) else {
      throw StageGraphError.unknownTarget(target)
    }
    let found = select(path)
    if !found.isEmpty { return found }
    if let colon = target.lastIndex(of: ":"), let file = self.path(target[..<colon], from: folder) {
      let pointed = tracked.indices.filter { tracked[$0].pointer == file }
      if !pointed.isEmpty { return Selection(tracked: pointed) }
    }
    throw StageGraphError.unknownTarget(target)
  }

  /// The stages of one file; what a command without targets works on.
  package func stages(of file: RepositoryPath) -> [Int] {
    stages.indices.filter { stages[$0].address.file == file }
  }

  /// The stage that writes `path` or a folder around it.
  package func owner(of path: RepositoryPath) -> Int? {
    var owner: Int?
    outputIndex.forEachAncestor(of: path.bytes) { owner = Int(outputOwners[$0]) }
    outputIndex.forEachEqual(to: path.bytes) { owner = Int(outputOwners[$0]) }
    return owner
  }

  private func stages(named name: String, in file: RepositoryPath, isGlob: Bool) -> [Int] {
    stages.indices.filter { number in
      let address = stages[number].address
      guard address.file == file else { return false }
      return address.name == name || address.groupName == name
        || (isGlob && Self.matches(address.name, pattern: name))
    }
  }

  private func select(_ path: RepositoryPath) -> Selection {
    let ofFile = stages(of: path)
    if !ofFile.isEmpty { return Selection(stages: ofFile) }
    if let stage = owner(of: path) { return Selection(stages: [stage], output: path) }
    return Selection(
      tracked: tracked.indices.filter {
        tracked[$0].pointer == path || path.isInside(tracked[$0].path)
      })
  }

  /// What the files below a folder define and track.
  private func contents(of folder: RepositoryPath) -> Selection {
    Selection(
      stages: stages.indices.filter { stages[$0].address.file.isBelow(folder) },
      tracked: tracked.indices.filter { tracked[$0].pointer.isBelow(folder) })
  }

  private func path(_ text: Substring, from folder: RepositoryPath) -> RepositoryPath? {
    DependencyPath(Array(text.utf8), in: folder, root: root).insidePath
  }

  private static func matches(_ name: String, pattern: String) -> Bool {
    unsafe fnmatch(pattern, name, 0) == 0
  }
}
