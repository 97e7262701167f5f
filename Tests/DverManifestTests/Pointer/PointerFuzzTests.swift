import DverCore
import DverManifest
import DverYAML
import TestSupport
import Testing

/// Damaged pointers and locks: an error that names the file, or what prints as it was read.
@Suite struct PointerFuzzTests {
  private static let hex = String(repeating: "0123456789abcdef", count: 4)
  private static let pointer = """
    # the images
    outs:
    - path: images
      hash: sha256
      sha256: \(hex).dir
      size: 147897477120
      nfiles: 1281167
      desc: |
        All of them
      meta: {source: "web", tags: [a, 'b', !!str 3]}
      remote: shared
      push: false
    meta:
      anchor: &a [1, 2]
      again: *a

    """
  private static let imported = """
    frozen: true
    deps:
    - path: data/a.csv
      repo:
        url: https://example.org/r.git
        rev_lock: 0123456789012345678901234567890123456789
    outs:
    - path: a.csv
      hash: sha256
      sha256: \(hex)
      size: 12
      isexec: true

    """
  private static let lock = """
    schema: '2.0'
    stages:
      train@a:
        cmd: python train.py --lr 0.1
        deps:
        - path: data
          hash: sha256
          sha256: \(hex).dir
          size: 10
          nfiles: 2
        params:
          params.yaml:
            train.lr: 0.1
            train.layers: [1, 2.5, true, null, "x"]
        outs:
        - path: model.bin
          hash: sha256
          sha256: \(hex)
          size: 4096
      two:
        cmd:
        - a
        - b

    """

  private static let words = [
    "&a", "*a", "<<: *a", "!!binary", "---", "...", "? ", ": ", "- ", "[", "{", "'", "\"", "|", ">",
    "\u{feff}", "\r\n", "\t", "%YAML 9.9", ".inf", ".nan", "~", "0x1F", "1_000", "\u{85}", "\\x00",
  ]

  private func isExpected(_ error: any Error) -> Bool {
    guard let error = error as? any DverError else { return false }
    return error is FileFormatError || error is YAMLError && error.message.contains("some.file")
      ? error.message.contains("some.file") : false
  }

  @Test func pointersSurviveTheirOwnPrinting() throws {
    try fuzz(
      "pointer", files: [Self.pointer, Self.imported].map { Array($0.utf8) }, words: Self.words,
      read: { bytes in
        let pointer = try PointerFile.parse(bytes: bytes, source: "some.file")
        let text = pointer.printed()
        let again = try PointerFile.parse(bytes: text, source: "some.file")
        // What is no number equals nothing.
        let isComparable = !String(decoding: text, as: UTF8.self).contains(".nan")
        guard again.printed() == text, !isComparable || again == pointer else {
          throw SupportError("\(pointer) is printed as \(again)")
        }
      }, isExpected: isExpected)
  }

  @Test func locksSurviveTheirOwnPrinting() throws {
    try fuzz(
      "dver.lock", files: [Array(Self.lock.utf8)], words: Self.words,
      read: { bytes in
        let lock = try LockFile.parse(bytes: bytes, source: "some.file")
        let text = lock.printed()
        let again = try LockFile.parse(bytes: text, source: "some.file")
        guard again.printed() == text else {
          throw SupportError("\(lock) is printed as \(again)")
        }
      }, isExpected: isExpected)
  }

  @Test func runsOfStagesSurviveTheirOwnPrinting() throws {
    let lock = try LockFile.parse(bytes: Array(Self.lock.utf8), source: "some.file")
    let files = lock.entries.map { RunCacheEntry.printed($0.lock) }
    try fuzz(
      "run cache entry", files: files, words: Self.words,
      read: { bytes in
        let lock = try RunCacheEntry.parse(bytes: bytes, source: "some.file")
        let text = RunCacheEntry.printed(lock)
        guard
          try RunCacheEntry.printed(RunCacheEntry.parse(bytes: text, source: "some.file")) == text
        else { throw SupportError("\(lock) is printed as something else") }
      }, isExpected: isExpected)
  }

  @Test func anEmptyFileIsNoRun() {
    for text in ["", "# nothing\n"] {
      let error = #expect(throws: FileFormatError.self) {
        try RunCacheEntry.parse(bytes: Array(text.utf8), source: "r")
      }
      #expect(error?.message == "r:1:1: the file is empty")
    }
  }
}
