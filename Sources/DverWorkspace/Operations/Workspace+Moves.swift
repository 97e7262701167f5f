import DverCore
import DverFileSystem
import Glibc

extension Workspace {
  /// Moves the data of an operation, as far as that has not happened yet; where one of them cannot
  /// be moved, those before it go back.
  func carryOutMoves(of record: OperationRecord) throws {
    var done: [DataMove] = []
    do {
      for move in record.moves where try !isDone(move) {
        try carryOut(move)
        done.append(move)
      }
      for move in record.moves { try syncFolders(of: move) }
    } catch {
      for move in done.reversed() {
        _ = try? FileSystem.renameWithoutReplacing(
          root.appending(move.target), to: root.appending(move.source))
      }
      throw error
    }
  }

  private func syncFolders(of move: DataMove) throws {
    try FileSystem.syncDirectory(root.appending(move.target).parent)
    let source = root.appending(move.source).parent
    if try FileSystem.exists(source) { try FileSystem.syncDirectory(source) }
  }

  /// Whether what stands at the target is the data itself.
  func isDone(_ move: DataMove) throws -> Bool {
    try FileSystem.status(of: root.appending(move.target))?.inode == move.inode
  }

  private func carryOut(_ move: DataMove) throws {
    let (source, target) = (root.appending(move.source), root.appending(move.target))
    // A link may have come there since the move was planned.
    for path in [move.source, move.target] { try refuseLinks(above: path, displayed(path)) }
    guard try FileSystem.status(of: source)?.inode == move.inode else {
      throw WorkspaceError.failed(
        "\(displayed(move.source)) is not what was to be moved", hint: "run the command again")
    }
    try FileSystem.makeDirectories(target.parent)
    do {
      guard try FileSystem.renameWithoutReplacing(source, to: target) else {
        throw WorkspaceError.occupied(displayed(move.target))
      }
    } catch let error as FileSystemError where error.code == EXDEV {
      throw WorkspaceError.otherFileSystem(displayed(move.target), from: displayed(move.source))
    }
  }
}
