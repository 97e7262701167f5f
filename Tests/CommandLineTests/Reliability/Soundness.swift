import TestSupport
import Testing

/// What must hold after a command was interrupted, and again after it ran a second time.
struct Soundness {
  private let repository: TemporaryRepository
  /// Every byte string that the user had before.
  private let contents: Set<[UInt8]>

  init(before repository: TemporaryRepository) throws {
    self.repository = repository
    let entries = try repository.tree(ignoring: [".git", ".dver"])
    contents = Set(entries.filter { Self.isUsers($0.path) }.compactMap(Self.content))
  }

  /// Pointers, locks and ignore files are dver's: they change.
  private static func isUsers(_ path: [UInt8]) -> Bool {
    let name = String(decoding: path, as: UTF8.self)
    return !name.hasSuffix(".dver") && !name.hasSuffix("dver.lock") && !name.hasSuffix("ignore")
  }

  private static func content(_ entry: TreeEntry) -> [UInt8]? {
    if case .file(let bytes) = entry.kind { return bytes }
    return nil
  }

  /// Nothing that the user had is lost, and no object is other than its name says.
  func requireNothingLost() throws {
    let present = Set(try repository.tree().compactMap(Self.content))
    for bytes in contents where !present.contains(bytes) {
      throw SupportError("lost \(String(decoding: bytes.prefix(40), as: UTF8.self))")
    }
    try repository.requireTrueNames()
  }

  /// After a command that succeeded: nothing of an earlier one is in the way, or in sight.
  func requireTidy() throws {
    try requireNothingLost()
    try repository.git("fsck", "--strict").requireSuccess()
    let status = try repository.git("status", "--porcelain").requireSuccess()
    try requireNo(".dver-tmp-", in: status.standardOutput)
    for path in try repository.files(ignoring: []) {
      let isHidden = path.contains(".dver-tmp-") && !path.hasPrefix(".dver/")
      let isOpen = path.hasSuffix(".open") || path.hasSuffix("/index.lock")
      guard !isHidden, !isOpen else { throw SupportError("\(path) was left behind") }
    }
  }

  private func requireNo(_ text: String, in output: String) throws {
    guard !output.contains(text) else { throw SupportError("git sees \(output)") }
  }
}

extension TemporaryRepository {
  /// Every object in the cache has the digest that its name says.
  func requireTrueNames() throws {
    guard exists(".dver/cache/objects") else { return }
    let script = """
      cd .dver/cache/objects && find . -type f -print0 | xargs -0 -r sha256sum |
        awk '{ name = $2; gsub("[./]", "", name); if (name != $1) print $2 }'
      """
    let wrong = try shell(script).requireSuccess()
    guard wrong.lines.isEmpty else { throw SupportError("objects lie: \(wrong.lines)") }
  }

  /// `dver status` finds nothing to do.
  func requireClean() throws {
    try dver("status", "-q").requireSuccess()
  }
}

extension CommandResult {
  /// Ended by itself: done, or failed with one line that says why.
  func requireAnswer(from statuses: ClosedRange<Int32> = 0...5) throws {
    guard case .exited(let code) = status, statuses.contains(code) else {
      throw SupportError("ended with \(status)\n\(transcript)")
    }
    let errors = standardError.split(separator: "\n").filter { $0.hasPrefix("dver: error: ") }
    let isRight = code == 0 ? errors.isEmpty : code == 3 || errors.count == 1
    guard isRight else { throw SupportError("\(errors.count) errors\n\(transcript)") }
  }
}
