import Glibc

/// Commands that ran one after the other, and every state of the disk that a power cut may have left.
///
/// The tree below a repository's ``TemporaryRepository/root`` is recorded while commands run. Then it
/// is made anew, at the same place, as it would be after a cut; programs that run there through
/// ``restarted(_:)`` see another boot, and files with the inodes and times that they had.
package final class PowerCutRecording {
  package let repository: TemporaryRepository
  private var model: ModelFileSystem
  private let aside: TemporaryDirectory
  private let shim: String
  private var readByteCount = 0
  private var seen: Set<Int> = []
  /// How many operations were recorded after each command.
  package private(set) var ends: [Int] = []

  /// Takes the repository as it is for durable.
  package init(_ repository: TemporaryRepository) throws {
    self.repository = repository
    shim = try FaultShim.build("record_shim").path
    aside = try TemporaryDirectory()
    model = try ModelFileSystem(root: repository.root)
    try writeFile(
      Array("before-the-cut\n".utf8), to: Array("\(aside.path)/before".utf8), append: false)
    try writeFile(
      Array("after-the-cut\n".utf8), to: Array("\(aside.path)/after".utf8), append: false)
  }

  package var operationCount: Int { model.operationCount }

  /// Runs a command, which must succeed, and records what it does.
  ///
  /// - Parameter isDurable: What it does is on stable storage at once.
  package func run(_ command: Command, isDurable: Bool = false) throws {
    let log = "\(aside.path)/log"
    try command.with(environment: [
      "LD_PRELOAD": shim, "DVER_RECORD_LOG": log, "DVER_RECORD_ROOT": repository.root,
      "DVER_RECORD_DURABLE": isDurable ? "1" : nil, "DVER_BOOT_ID": "\(aside.path)/before",
    ]).run().requireSuccess()
    guard unsafe access(log, F_OK) == 0 else { return ends.append(operationCount) }
    let bytes = try readFile(Array(log.utf8))
    model.record(try [RecordedOperation](log: Array(bytes[readByteCount...])))
    readByteCount = bytes.count
    ends.append(operationCount)
  }

  /// The recording is complete: the model ends where the disk does.
  package func requireFaithful() throws {
    let end = CrashedTree(model.state(after: PowerCut(after: operationCount, .keepAll)))
    let real = try repository.tree(repository.root, ignoring: [])
    let modelled = end.items.dropFirst().map { item in
      let kind: TreeEntry.Kind =
        switch item.mode & UInt32(S_IFMT) {
        case UInt32(S_IFREG): .file(item.content)
        case UInt32(S_IFDIR): .directory
        case UInt32(S_IFLNK): .symbolicLink(target: item.content)
        default: .other
        }
      return TreeEntry(path: Array(item.path.dropFirst()), kind: kind, mode: item.mode & 0o7777)
    }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    guard modelled != real else { return }
    let more = modelled.filter { !real.contains($0) }
    let less = real.filter { !modelled.contains($0) }
    throw SupportError("the recording is not complete: \(less) are modelled as \(more)")
  }

  /// Puts on the disk what the cut leaves; false where an earlier cut left the same.
  package func make(_ cut: PowerCut) throws -> Bool {
    let tree = CrashedTree(model.state(after: cut))
    guard seen.insert(tree.fingerprint).inserted else { return false }
    let root = Array(repository.root.utf8)
    for name in try listDirectory(root) { removeTree(root + [UInt8(ascii: "/")] + name) }
    let table = try tree.make(at: repository.root)
    try writeFile(table, to: Array("\(aside.path)/stats".utf8), append: false)
    return true
  }

  /// A command on the machine after its restart.
  package func restarted(_ command: Command) -> Command {
    command.with(environment: [
      "LD_PRELOAD": shim, "DVER_RECORD_ROOT": repository.root,
      "DVER_STAT_TABLE": "\(aside.path)/stats", "DVER_BOOT_ID": "\(aside.path)/after",
    ])
  }
}
