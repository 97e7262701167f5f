import DverCore
import DverManifest
import FuzzSupport

/// `dver.lock` and entries of the run cache: an error that names the file and the place, or what
/// survives printing and edits.
enum LockTarget: FuzzTarget {
  static var properties: [([UInt8]) throws -> Void] {
    [survivesPrinting, replaces, removes, runSurvivesPrinting]
  }

  static var seeds: [[UInt8]] {
    let record = OutputRecord(
      path: Array("data".utf8), name: ContentName(digest: .zero, isDirectory: true), size: 10,
      fileCount: 2)
    var lock = StageLock(commands: ["train", "test"])
    lock.commandIsList = true
    (lock.dependencies, lock.outputs) = ([record], [record])
    lock.environment = [EnvironmentVariable(name: "A", value: "b")]
    let entries = ["a", "b@1"].map { LockFile.Entry(name: $0, lock: lock) }
    return [LockFile(entries: entries).printed(), RunCacheEntry.printed(lock)]
  }

  private static func survivesPrinting(_ bytes: [UInt8]) throws {
    let lock = try LockFile.parse(bytes: bytes, source: source)
    let text = lock.printed()
    let again = try reading { try LockFile.parse(bytes: text, source: source) }
    try require(again.printed() == text, "printed otherwise the second time")
    let isSame = again.entries == lock.entries && again.datasets == lock.datasets
    try require(isSame || text.hasNoNumber, "\(lock) is printed as \(again)")
  }

  private static func runSurvivesPrinting(_ bytes: [UInt8]) throws {
    let lock = try RunCacheEntry.parse(bytes: bytes, source: source)
    let text = RunCacheEntry.printed(lock)
    let again = try reading { try RunCacheEntry.parse(bytes: text, source: source) }
    try require(RunCacheEntry.printed(again) == text, "printed otherwise the second time")
    try require(again == lock || text.hasNoNumber, "\(lock) is printed as \(again)")
  }

  /// Each entry in turn changes, or a new one comes in behind it, or both; nothing else does.
  private static func replaces(_ bytes: [UInt8]) throws {
    let lock = try LockFile.parse(bytes: bytes, source: source)
    let new = LockFile.Entry(name: "a new one", lock: StageLock(commands: ["x"]))
    guard lock[new.name] == nil else { return }
    for index in lock.entries.indices.prefix(4) {
      var changed = lock.entries[index]
      changed.lock.commands.append("and more")
      changed.lock.commandIsList = true
      for edits in [[changed], [new], [changed, new]] {
        var entries = lock.entries
        if edits.contains(changed) { entries[index] = changed }
        if edits.contains(new) { entries.insert(new, at: index + 1) }
        let edited = try LockFile.replacing(
          edits, in: bytes, definition: [changed.name, new.name], source: source)
        try requireEqual(edited, entries, lock)
      }
    }
  }

  private static func removes(_ bytes: [UInt8]) throws {
    let lock = try LockFile.parse(bytes: bytes, source: source)
    for index in lock.entries.indices.prefix(4) {
      var entries = lock.entries
      let name = entries.remove(at: index).name
      let edited = try LockFile.replacing([], removing: [name], in: bytes, source: source)
      try requireEqual(edited, entries, lock)
    }
  }

  private static func requireEqual(
    _ edited: [UInt8], _ entries: [LockFile.Entry], _ old: LockFile
  ) throws {
    let expected = LockFile(entries: entries, datasets: old.datasets).printed()
    try require(try printed(edited) == expected, "the edit changed something else")
  }

  /// What a text of dver means; as text, for what is no number equals nothing.
  private static func printed(_ bytes: [UInt8]) throws -> [UInt8] {
    try reading { try LockFile.parse(bytes: bytes, source: source).printed() }
  }
}
