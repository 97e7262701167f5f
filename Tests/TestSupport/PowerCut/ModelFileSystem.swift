import Glibc

/// What a recorded program did to a directory tree, and which of it was on stable storage when.
///
/// The rules are those of POSIX and no more: what a file holds is safe once it was synced, a name once
/// its directory was, and both once their file system was. A rename happens as a whole or not at all.
/// Until then each change may have happened or not, in any order.
/// After Pillai et al., "All file systems are not created equal" (OSDI 2014).
package struct ModelFileSystem: Sendable {
  /// How everything was before; the first one is the root.
  private(set) var files: [ModelFile] = []
  private(set) var effects: [ModelEffect] = []
  /// How many operations were recorded.
  package private(set) var operationCount = 0
  /// Which file an inode was when the operation came.
  private var fileOfInode: [UInt64: Int] = [:]

  /// The tree as it is; what is there is on stable storage.
  package init(root: String) throws {
    try add(Array(root.utf8))
  }

  @discardableResult
  private mutating func add(_ path: [UInt8]) throws -> Int {
    var status = stat()
    guard unsafe lstat(cString(path), &status) == 0 else {
      throw SupportError.system("look at", path)
    }
    if let known = fileOfInode[UInt64(status.st_ino)] { return known }
    let index = files.count
    var file = ModelFile(mode: status.st_mode, stamp: RecordedOperation.Stamp(status))
    fileOfInode[UInt64(status.st_ino)] = index
    files.append(file)
    switch file.kind {
    case UInt32(S_IFREG): file.content = try readFile(path)
    case UInt32(S_IFLNK): file.content = try readLink(path)
    case UInt32(S_IFDIR):
      for name in try listDirectory(path) {
        file.names[name] = try add(path + [UInt8(ascii: "/")] + name)
      }
    default: throw SupportError("the model knows no \(readable(path))")
    }
    files[index] = file
    return index
  }

  /// Adds what a program did since.
  mutating func record(_ operations: [RecordedOperation]) {
    for operation in operations {
      record(operation)
      operationCount += 1
    }
  }

  private mutating func record(_ operation: RecordedOperation) {
    switch operation.kind {
    case .create: create(operation)
    case .link:
      if let file = fileOfInode[operation.file.inode] {
        assign(operation, file, [(operation.directory, operation.name, file)])
      }
    case .unlink:
      if let file = fileOfInode[operation.file.inode] {
        assign(operation, file, [(operation.directory, operation.name, nil)])
      }
    case .rename: rename(operation)
    case .write: change(operation, .write(offset: Int(operation.offset), operation.data))
    case .truncate: change(operation, .truncate(size: Int(operation.offset)))
    case .content: change(operation, .content(operation.data))
    case .attributes: change(operation, .attributes(mode: operation.mode))
    case .sync: sync(operation.file.inode)
    case .syncAll:
      for index in effects.indices { makeDurable(index) }
    }
  }

  private mutating func create(_ operation: RecordedOperation) {
    let file = files.count
    files.append(
      ModelFile(content: operation.data, mode: operation.mode, stamp: operation.file))
    fileOfInode[operation.file.inode] = file
    if operation.name.isEmpty { return }
    assign(operation, file, [(operation.directory, operation.name, file)])
  }

  private mutating func rename(_ operation: RecordedOperation) {
    guard let file = fileOfInode[operation.file.inode] else { return }
    let (from, to) = (operation.directory, operation.otherDirectory)
    var replaced: Int?
    if operation.offset & 2 != 0, let directory = fileOfInode[to.inode] {
      // An exchange.
      replaced = present(operation.otherName, in: directory)
    }
    assign(
      operation, file, [(from, operation.name, replaced), (to, operation.otherName, file)])
  }

  /// What a name means after all that was recorded.
  private func present(_ name: [UInt8], in directory: Int) -> Int? {
    for effect in effects.reversed() {
      guard case .names(let assignments) = effect.change else { continue }
      for assignment in assignments
      where assignment.directory == directory && assignment.name == name {
        return assignment.file
      }
    }
    return files[directory].names[name]
  }

  private mutating func assign(
    _ operation: RecordedOperation, _ file: Int,
    _ names: [(RecordedOperation.Stamp, [UInt8], Int?)]
  ) {
    let assignments = names.compactMap { stamp, name, file in
      fileOfInode[stamp.inode].map {
        ModelEffect.Assignment(directory: $0, stamp: stamp, name: name, file: file)
      }
    }
    if !assignments.isEmpty { append(operation, file, .names(assignments)) }
  }

  private mutating func change(_ operation: RecordedOperation, _ change: ModelEffect.Change) {
    guard let file = fileOfInode[operation.file.inode] else { return }
    append(operation, file, change)
  }

  private mutating func append(
    _ operation: RecordedOperation, _ file: Int, _ change: ModelEffect.Change
  ) {
    var effect = ModelEffect(
      file: file, change: change, stamp: operation.file, operation: operationCount)
    if operation.isDurable { effect.durableFrom = operationCount }
    effects.append(effect)
  }

  private mutating func sync(_ inode: UInt64) {
    guard let file = fileOfInode[inode] else { return }
    for index in effects.indices {
      switch effects[index].change {
      case .names(let assignments):
        if assignments.contains(where: { $0.directory == file }) { makeDurable(index) }
      default:
        if effects[index].file == file { makeDurable(index) }
      }
    }
  }

  private mutating func makeDurable(_ index: Int) {
    effects[index].durableFrom = min(effects[index].durableFrom, operationCount)
  }
}

extension RecordedOperation.Stamp {
  init(_ status: stat) {
    inode = UInt64(status.st_ino)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }
}
