import CGit2
import DverGit
import TestSupport
import Testing

/// libgit2 writes the files that ``ConfigText`` reads, so the two must agree about them.
///
/// Left out is an escaped backslash before a quote: libgit2 takes that quote for an escaped one,
/// git does not.
struct ConfigLibraryTests {
  @Test(arguments: 0..<40 as Range<UInt64>)
  func readsWhatLibraryReads(seed: UInt64) throws {
    let runner = try GitRunner()
    var random = TestGenerator(seed: seed)
    let pieces = [
      "a", "b c", " ", "\"q r\"", "\\\\z", "\\\"", "\\n", "\\t", "#", ";", "=", "é", "\"#\"", "1",
    ]
    var lines: [String] = []
    for section in ["[core]", "[remote \"a.B\"] # c", "[Cache]", "[remote \"a.B\"]"] {
      lines.append(section)
      for key in 0..<random.next(below: 4) {
        let parts = (0..<random.next(below: 6)).map { _ in
          pieces[random.next(below: pieces.count)]
        }
        lines.append("\tK\(key) = " + parts.joined())
      }
      lines.append(["", "# c", "  ; \"c", "flag", "x ="][random.next(below: 5)])
    }
    let content = lines.joined(separator: "\n") + "\n"
    try runner.write(content, to: "config", in: runner.root)
    let own = try ConfigText(bytes(content), file: bytes("config")).entries.map {
      "\(text($0.name))=\($0.value.map { text($0) } ?? "<none>")"
    }
    #expect(try Self.list("\(runner.root)/config") == own, "seed \(seed): \(content)")
  }

  /// What libgit2 reads from a file.
  private static func list(_ path: String) throws -> [String] {
    git_libgit2_init()
    defer { git_libgit2_shutdown() }
    var config: OpaquePointer?
    try #require(unsafe git_config_open_ondisk(&config, path) == 0)
    defer { unsafe git_config_free(config) }
    var iterator: OpaquePointer?
    try #require(unsafe git_config_iterator_new(&iterator, config) == 0)
    defer { unsafe git_config_iterator_free(iterator) }
    var values: [String] = []
    var entry: UnsafeMutablePointer<git_config_entry>?
    while unsafe git_config_next(&entry, iterator) == 0, let found = unsafe entry?.pointee {
      let value = unsafe found.value.map { unsafe String(cString: $0) } ?? "<none>"
      values.append("\(unsafe String(cString: found.name))=\(value)")
    }
    return values
  }
}
