import TestSupport
import Testing

/// A cache, or data, on another file system than the rest.
@Suite(.enabled(if: TestHost.isAvailable, "needs the superuser and unshare"))
struct MountedDataTests {
  /// Runs a script where a mount is seen by it alone.
  private func mounted(
    _ repository: TemporaryRepository, at folder: String, _ script: String
  ) throws -> [String] {
    try repository.shell("mkdir -p \(folder)").requireSuccess()
    let mount = "mount -t tmpfs -o size=64m none \(folder)"
    return try repository.shell(
      "unshare --mount sh -c 'set -e; \(mount); dver() { \(try BuiltProducts.dver()) \"$@\"; }; \(script)'"
    ).requireSuccess().lines
  }

  @Test func aCacheThatCannotBeLinkedToLosesNothing() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", "hardlink").requireSuccess()
    try repository.dver("cache", "dir", "-q", "elsewhere/cache").requireSuccess()
    for index in 1...3 { try repository.write("file \(index)\n", to: "data/\(index)") }
    try repository.write("alone\n", to: "alone")
    let lines = try mounted(
      repository, at: "elsewhere",
      """
      dver add -q data alone 2>&1; dver verify -q; rm -r data alone; dver checkout -q 2>&1
      cat data/1 data/2 data/3 alone; dver verify -q; ls elsewhere/cache | grep quarantine || true
      """)
    #expect(lines == ["file 1", "file 2", "file 3", "alone"])
  }

  /// To copy them once more would not bring the links nearer.
  @Test(arguments: ["hardlink", "hardlink,copy"])
  func filesThatCannotBeLinkedAreNotPlacedAnew(_ types: String) throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", types).requireSuccess()
    try repository.dver("cache", "dir", "-q", "elsewhere/cache").requireSuccess()
    for index in 1...3 { try repository.write("file \(index)\n", to: "data/\(index)") }
    let lines = try mounted(
      repository, at: "elsewhere",
      """
      dver add -q data; stat -c %i data/1; dver checkout -q --relink; stat -c %i data/1
      dver add -q data; stat -c %i data/1
      """)
    #expect(lines.count == 3)
    #expect(Set(lines).count == 1)
  }

  /// A process that was killed, or met a full disk, may leave one.
  @Test func whatACheckoutLeavesAmongDataIsNoData() throws {
    let repository = try TemporaryRepository()
    try repository.write("one\n", to: "data/1")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.write("half", to: "data/.dver-staging/b1e4057a037c6680/0")
    try repository.write("half", to: "data/.dver-staging/b1e4057a037c6680.lock")
    try repository.requireClean()
    try repository.write("two\n", to: "data/2")
    try repository.dver("add", "-q", "data").requireSuccess()
    let members = try repository.dver("ls", "-R", "data").requireSuccess().lines
    #expect(members == ["1", "2"])
  }
}
