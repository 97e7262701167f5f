import TestSupport
import Testing

@Suite struct DoctorTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/x")
    try repository.write("2\n", to: "a")
    try repository.dver("add", "d", "a").requireSuccess()
    try repository.commitAll()
    return repository
  }

  @Test func aSoundWorkspaceHasNoProblems() throws {
    let result = try repository().dver("doctor").requireSuccess()
    for name in ["dver: ", "libgit2: ", "workspace: ", "tracked: 2 paths", "cache: ", "links: "] {
      #expect(result.standardOutput.contains(name))
    }
    #expect(!result.standardOutput.contains("problem"))
  }

  @Test func printsOneDocument() throws {
    let repository = try repository()
    try repository.write("*.dver binary filter=lfs\n", to: ".gitattributes")
    let result = try repository.dver("doctor", "--json").requireStatus(2)
    #expect(result.standardOutput.hasPrefix(#"{"versions": {"dver": ""#))
    #expect(
      result.standardOutput.contains(
        #""message": "git would change the bytes of a.dver""#))
  }

  @Test func dataThatIsNowhereIsNamed() throws {
    let repository = try repository()
    for path in ["a", ".dver/cache"] { try repository.remove(path) }
    let lost = try repository.dver("doctor").requireStatus(4)
    #expect(lost.standardOutput.contains("a is neither in the workspace nor in the cache, and"))
    try repository.dver("remote", "add", "-d", "box", "box").requireSuccess()
    let known = try repository.dver("doctor").requireSuccess()
    #expect(known.standardOutput.contains("note: a is neither in the workspace nor in the cache"))
  }

  @Test func ownFilesAreBroughtUpToDate() throws {
    let repository = try repository()
    try repository.write("/cache/\n", to: ".dver/.gitignore")
    try repository.write("", to: ".gitignore")
    let result = try repository.dver("doctor").requireStatus(2)
    #expect(result.standardOutput.contains(".dver/.gitignore is not as this version writes it"))
    #expect(result.standardOutput.contains("git does not ignore the data d"))
    try repository.dver("doctor", "--upgrade").requireSuccess()
    #expect(try repository.readText(".gitignore") == "/a\n/d\n")
    #expect(try repository.readText(".dver/.gitignore").contains("!/manifests/**\n"))
  }

  @Test func gitMustKeepPointersAndLeaveData() throws {
    let repository = try repository()
    try repository.git("add", "-f", "a").requireSuccess()
    try repository.git("rm", "--quiet", "--cached", "d.dver").requireSuccess()
    try repository.append("*.dver\n", to: ".gitignore")
    let result = try repository.dver("doctor").requireStatus(2)
    #expect(result.standardOutput.contains("git tracks the data a"))
    #expect(result.standardOutput.contains("git ignores d.dver"))
  }

  @Test func lostManifestsAreDamage() throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "d/x")
    try repository.dver("add", "d").requireSuccess()
    try repository.shell("rm -rf .dver/cache/objects .dver/manifests .git/index").requireSuccess()
    let result = try repository.dver("doctor").requireStatus(4)
    #expect(result.standardOutput.contains("damage: the manifest of d is incomplete"))
    #expect(result.standardOutput.contains("hint: "))
  }

  @Test func brokenPointersDoNotStopTheOthers() throws {
    let repository = try repository()
    try repository.write("outs: 3\n", to: "a.dver")
    let result = try repository.dver("doctor").requireStatus(2)
    #expect(result.standardOutput.contains("a.dver"))
    #expect(result.standardOutput.contains("links: "))
  }

  @Test func remotesAreLookedAt() throws {
    let repository = try repository()
    let store = repository.outside("store")
    try repository.append(
      "[core]\n\tremote = gone\n[remote \"one\"]\n\turl = \(store)\n\tid = 123\n"
        + "[remote \"two\"]\n\turl = \(repository.outside("later"))\n", to: ".dver/config")
    try repository.shell("mkdir -p \(store) && cp .dver/cache/dver-store \(store)").requireSuccess()
    let result = try repository.dver("doctor").requireStatus(2)
    #expect(result.standardOutput.contains("not 123, which remote 'one' was first used with"))
    #expect(result.standardOutput.contains("note: remote 'two' has no folder"))
    #expect(result.standardOutput.contains("there is no remote 'gone'"))
  }

  @Test func whatDoesNotWorkIsSaid() throws {
    let repository = try repository()
    try repository.makeDirectory(".dver/cache/quarantine")
    try repository.write("x", to: ".dver/cache/quarantine/\(String(repeating: "a", count: 64))")
    try repository.makeDirectory(".dver/tmp/staging/1")
    let result = try repository.dver("doctor").requireStatus(4)
    #expect(result.standardOutput.contains("damage: 1 damaged object is in quarantine"))
    #expect(result.standardOutput.contains("note: 1 unfinished checkout"))
  }

  @Test func packThatWasCutMayHaveHeldMore() throws {
    let repository = try TemporaryRepository()
    try repository.shell("mkdir many && for n in $(seq 300); do echo $n > many/$n; done")
      .requireSuccess()
    try repository.dver("add", "-q", "many").requireSuccess()
    try repository.shell(
      """
      for pack in .dver/cache/packs/*; do
        chmod u+w $pack; truncate -s $(($(stat -c %s $pack) / 4)) $pack
      done
      """
    ).requireSuccess()
    try repository.dver("verify", "-q").requireStatus(4)
    let damaged = try repository.dver("doctor").requireStatus(4).standardOutput
    #expect(damaged.contains("damage: 1 damaged"))
  }

  @Test func leftoversOfMendedDamageAreNoDamage() throws {
    let repository = try TemporaryRepository()
    try repository.shell("mkdir many && for n in $(seq 300); do echo $n > many/$n; done")
      .requireSuccess()
    try repository.write("single\n", to: "single")
    for name in ["many", "single"] { try repository.dver("add", "-q", name).requireSuccess() }
    let quarantine = "\(repository.path)/.dver/cache/quarantine"
    // A pack without its table, and an object that is added once more.
    try repository.shell(
      """
      for pack in .dver/cache/packs/*; do chmod u+w $pack; truncate -s -64 $pack; done
      object=$(grep -l single .dver/cache/objects/*/*); chmod u+w $object; echo x > $object
      """
    ).requireSuccess()
    try repository.dver("verify", "-q").requireStatus(4)
    let damaged = try repository.dver("doctor").requireStatus(4).standardOutput
    #expect(damaged.contains("damage: 1 damaged object is in quarantine"))
    #expect(damaged.contains("note: 1 file in quarantine is left from damage that was mended"))
    #expect(damaged.contains("keep \(quarantine) for now"))
    try repository.dver("add", "-q", "single").requireSuccess()
    let mended = try repository.dver("doctor").requireSuccess().standardOutput
    #expect(!mended.contains("damage:"))
    #expect(mended.contains("note: 2 files in quarantine are left from damage that was mended"))
    #expect(mended.contains("run 'rm -r \(quarantine)'"))
    try repository.remove(quarantine)
    #expect(try !repository.dver("doctor").requireSuccess().standardOutput.contains("quarantine"))
  }
}
