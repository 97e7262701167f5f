import TestSupport
import Testing

/// What stays in a cache that several projects use, when one of them collects.
@Suite struct SharedCollectTests {
  /// A project with a directory and a file that are links into a cache of its own choice, and a
  /// clone of it that uses the same one.
  private func projects() throws -> (first: TemporaryRepository, clone: TemporaryRepository) {
    let first = try TemporaryRepository()
    try first.dver("cache", "dir", first.outside("cache")).requireSuccess()
    try first.dver("config", "cache.type", "symlink").requireSuccess()
    try first.write("one\n", to: "d/1")
    try first.write("two\n", to: "d/2")
    try first.write("f\n", to: "f")
    try first.dver("add", "-q", "d", "f").requireSuccess()
    try first.commitAll()
    let clone = try first.clone()
    try clone.dver("checkout", "-q").requireSuccess()
    return (first, clone)
  }

  /// Deletes at once what nobody needs but those whose lists say so.
  private func collect(_ repository: TemporaryRepository, _ scope: String = "-w") throws {
    try repository.dver("config", "--local", "gc.grace", "0").requireSuccess()
    try repository.dver("gc", "-q", scope, "-f").requireSuccess()
    try repository.dver("gc", "-q", "--empty-trash", "-f").requireSuccess()
  }

  // MARK: Taking back

  @Test func whatUndoPutBackStays() throws {
    let (first, clone) = try projects()
    for path in ["d/2", "f"] {
      try clone.remove(path)
      try clone.write("an hour of work in \(path)\n", to: path)
    }
    try clone.dver("checkout", "-q", "-f").requireSuccess()
    try clone.dver("undo").requireSuccess()
    try collect(first)
    for path in ["d/2", "f"] {
      #expect(try clone.readText(path) == "an hour of work in \(path)\n")
    }
    try clone.dver("add", "-q", "d", "f").requireSuccess()
    try clone.dver("verify", "-q").requireSuccess()
  }

  @Test func whatUndoMayPutBackStays() throws {
    let (first, clone) = try projects()
    for path in ["d/2", "f"] {
      try clone.remove(path)
      try clone.write("an hour of work in \(path)\n", to: path)
    }
    try clone.dver("remove", "-q", "--outs", "-f", "d.dver", "f.dver").requireSuccess()
    try collect(first)
    try clone.dver("undo").requireSuccess()
    for path in ["d/2", "f"] {
      #expect(try clone.readText(path) == "an hour of work in \(path)\n")
    }
  }

  // MARK: Moving to a shared cache

  private func guest(of cache: String) throws -> TemporaryRepository {
    let guest = try TemporaryRepository()
    try guest.dver("cache", "dir", cache).requireSuccess()
    try guest.write("guest\n", to: "q")
    try guest.dver("add", "-q", "q").requireSuccess()
    try guest.commitAll()
    return guest
  }
  @Test(arguments: [true, false]) func theHistoryOfAMovedCacheStays(isMovedFirst: Bool) throws {
    let versions = try Versions()
    let repository = versions.repository
    let cache = repository.outside("cache")
    if isMovedFirst { try repository.move(".dver/cache", to: cache) }
    try repository.dver("cache", "dir", "--local", cache).requireSuccess()
    if !isMovedFirst {
      try repository.move(".dver/cache", to: cache)
      try repository.dver("checkout", "-q").requireSuccess()
    }
    let guest = try guest(of: cache)
    try collect(guest, "-A")
    #expect(try versions.present(in: cache) == Set(Versions.contents))
    try repository.dver("verify", "-q").requireSuccess()
    // What the project itself lets go nobody keeps on its behalf.
    try collect(repository)
    try collect(guest, "-A")
    #expect(try versions.present(in: cache) == Versions.current)
  }

  @Test func aFreshCloneKeepsNoHistory() throws {
    let versions = try Versions()
    let repository = versions.repository
    let cache = repository.outside("cache")
    try repository.move(".dver/cache", to: cache)
    try repository.dver("cache", "dir", cache).requireSuccess()
    try repository.commitAll()
    let clone = try repository.clone()
    try clone.dver("checkout", "-q").requireSuccess()
    try collect(repository)
    #expect(try versions.present(in: cache) == Versions.current)
  }

  // MARK: Nodes of directories

  @Test func anOutputThatIsInNoCacheKeepsNobodyFromCollecting() throws {
    let first = try TemporaryRepository()
    let cache = first.outside("cache")
    try first.write(
      "stages: {a: {cmd: 'mkdir -p o; echo 1 > o/x', outs: [{o: {cache: false}}]}}\n",
      to: "dver.yaml")
    try first.dver("repro", "-q").requireSuccess()
    try first.write("f\n", to: "f")
    try first.dver("add", "-q", "f").requireSuccess()
    try first.commitAll()
    try first.dver("cache", "dir", "--local", cache).requireSuccess()
    try first.dver("add", "-q", "f").requireSuccess()
    try first.dver("repro", "-q", "-f").requireSuccess()
    try guest(of: cache).dver("gc", "-w", "-f").requireSuccess()
  }

  @Test func filesOfADirectoryThatOnlyGitKnowsStay() throws {
    let origin = try TemporaryRepository()
    try origin.write("1\n", to: "d/1")
    try origin.dver("add", "-q", "d").requireSuccess()
    try origin.commitAll()
    let cache = origin.outside("cache")
    let guest = try TemporaryRepository()
    try guest.dver("cache", "dir", cache).requireSuccess()
    try guest.write("1\n", to: "f")
    try guest.dver("add", "-q", "f").requireSuccess()
    let clone = try origin.clone()
    try clone.dver("cache", "dir", "--local", cache).requireSuccess()
    try clone.dver("config", "--local", "cache.type", "symlink").requireSuccess()
    try clone.dver("checkout", "-q").requireSuccess()
    try guest.dver("remove", "-q", "--outs", "f.dver").requireSuccess()
    try collect(guest)
    #expect(try clone.readText("d/1") == "1\n")
  }
}
