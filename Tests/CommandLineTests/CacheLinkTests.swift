import TestSupport
import Testing

/// Data that is symbolic links into a cache, where the cache has moved, changed or lost objects.
@Suite struct CacheLinkTests {
  private func linked() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.dver("config", "-q", "cache.type", "symlink").requireSuccess()
    try repository.write("one\n", to: "d/1")
    try repository.write("two\n", to: "d/2")
    try repository.write("three\n", to: "a")
    try repository.dver("add", "-q", "d", "a").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private func requireData(_ repository: TemporaryRepository) throws {
    let lines = try repository.shell("cat d/1 d/2 a").requireSuccess().lines
    #expect(lines == ["one", "two", "three"])
    try repository.requireClean()
  }

  /// As after the folder was moved, or an object went to quarantine.
  @Test func linksThatLeadNowhereAreMissing() throws {
    let repository = try linked()
    try repository.shell("mv .dver/cache cache2").requireSuccess()
    try repository.dver("cache", "dir", "cache2").requireSuccess()
    let status = try repository.dver("status", "--json").requireSuccess().standardOutput
    #expect(status.contains(#""a": "deleted""#) || status.contains(#""a": "modified""#))
    let refused = try repository.dver("add", "d").requireStatus(4)
    #expect(refused.standardError.contains("d/1"))
    try repository.dver("add", "a").requireStatus(4)
    #expect(try repository.git("status", "--porcelain", "--", "*.dver").lines == [])
    try repository.dver("checkout").requireSuccess()
    try requireData(repository)
  }

  @Test func addTakesOverFromAnotherStore() throws {
    let repository = try linked()
    try repository.dver("cache", "dir", "../elsewhere").requireSuccess()
    try repository.dver("add", "d", "a").requireSuccess()
    try repository.dver("verify").requireSuccess()
    #expect(try repository.git("status", "--porcelain", "--", "*.dver").lines == [])
    try repository.remove(".dver/cache")
    try repository.dver("checkout").requireSuccess()
    try requireData(repository)
  }

  @Test func whatWasWrittenThroughALinkIsStoredAsWhatItIs() throws {
    let repository = try linked()
    for path in ["d/1", "a"] {
      try repository.shell("chmod u+w $(readlink \(path)); printf 'ONE\\n' > \(path)")
        .requireSuccess()
    }
    try repository.dver("add", "d", "a").requireSuccess()
    let wanted = try repository.shell("printf 'ONE\\n' | sha256sum | cut -c1-64").requireSuccess()
    #expect(try repository.readText("a.dver").contains(wanted.lines[0]))
    try repository.shell("rm -r d a").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("cat d/1 d/2 a").requireSuccess().lines == ["ONE", "two", "ONE"])
    try repository.dver("verify", "d", "a").requireSuccess()
  }
}
