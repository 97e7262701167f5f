import TestSupport
import Testing

/// Object stores where none is safe, and such as have lost the file that makes them one.
@Suite struct StorePlaceTests {
  /// What is there goes with the rest: manifests that are no more, state, the whole folder.
  @Test(arguments: [".dver/manifests/d/x", ".dver/tmp/x", ".dver/x", ".dver", ".git/x", ".git"])
  func foldersOfDverAndGitAreNoPlaceForStores(folder: String) throws {
    let repository = try TemporaryRepository()
    let text = "\(folder) lies among what belongs to dver or git"
    for arguments in [
      ["remote", "add", "-d", "o", folder], ["cache", "dir", folder],
      ["config", "cache.dir", folder],
    ] {
      let refused = try repository.dverCommand(arguments).run().requireStatus(2)
      #expect(refused.standardError.contains(text))
    }
    // The file may have been edited.
    try repository.write("1\n", to: "data/x")
    try repository.append("[remote \"o\"]\n\turl = ../\(folder)\n", to: ".dver/config")
    try repository.dver("remote", "default", "o").requireSuccess()
    try repository.dver("add", "-q", "data").requireSuccess()
    let push = try repository.dver("push").requireStatus(2)
    #expect(push.standardError.contains("lies among what belongs to dver or git"))
    try repository.append("[cache]\n\tdir = ../\(folder)\n", to: ".dver/config")
    let add = try repository.dver("add", "data").requireStatus(2)
    #expect(add.standardError.contains("lies among what belongs to dver or git"))
  }

  @Test func theDefaultCacheMayBeNamed() throws {
    let repository = try TemporaryRepository()
    try repository.dver("cache", "dir", ".dver/cache").requireSuccess()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "a").requireSuccess()
  }

  /// As one that an earlier version let be made there.
  @Test func aStoreAmongManifestsStays() throws {
    let repository = try TemporaryRepository()
    let remote = repository.outside("remote")
    try repository.write("1\n", to: "d/x")
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.dver("remote", "add", "-d", "o", remote).requireSuccess()
    try repository.dver("push", "-q").requireSuccess()
    try repository.shell("mv \(remote) .dver/manifests/d/remote").requireSuccess()
    let config = try repository.readText(".dver/config")
    let place = repository.path + "/.dver/manifests/d/remote"
    try repository.write(config.replacing(remote, with: place), to: ".dver/config")
    try repository.write("2\n", to: "d/x")
    let refused = try repository.dver("add", "d").requireStatus(2)
    #expect(refused.standardError.contains("remote 'o'"))
    let removed = try repository.dver("remove", "d.dver").requireStatus(2)
    #expect(removed.standardError.contains("remote 'o'"))
    let destroyed = try repository.dver("destroy", "-f").requireStatus(2)
    #expect(destroyed.standardError.contains("remote 'o' lies in .dver/manifests/d/remote"))
    try repository.dver("verify", "-r", "o").requireSuccess()
  }

  @Test func aStoreThatLostItsFileIsMended() throws {
    let repository = try TemporaryRepository()
    let remote = repository.outside("remote")
    try repository.write("1\n", to: "a")
    try repository.dver("add", "-q", "a").requireSuccess()
    try repository.dver("remote", "add", "-d", "o", remote).requireSuccess()
    try repository.dver("push", "-q").requireSuccess()
    try repository.remove("a")
    try repository.shell("rm -f .dver/cache/dver-store \(remote)/dver-store").requireSuccess()
    for arguments in [["status"], ["checkout"], ["verify"], ["gc", "-w", "-f"], ["doctor"]] {
      let refused = try repository.dverCommand(arguments).run().requireStatus(4)
      let text = refused.standardError + refused.standardOutput
      #expect(text.contains("has lost its file dver-store"), "\(arguments)")
      #expect(text.contains("dver repair"))
    }
    let repaired = try repository.dver("repair").requireSuccess()
    #expect(repaired.standardError.contains("cache/dver-store again"))
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("a") == "1\n")
    let push = try repository.dver("push").requireStatus(4)
    #expect(push.standardError.contains("has lost its file dver-store"))
    try repository.dver("repair", "-r", "o").requireSuccess()
    // It is the store that it was.
    try repository.dver("push").requireSuccess()
    try repository.dver("doctor").requireSuccess()
  }

  /// A folder of somebody else's is not taken for one.
  @Test func aGitRepositoryIsNoLostStore() throws {
    let repository = try TemporaryRepository()
    try repository.shell("git init -q --bare ../bare").requireSuccess()
    try repository.dver("remote", "add", "-d", "o", "../bare").requireSuccess()
    try repository.write("1\n", to: "a")
    try repository.dver("add", "-q", "a").requireSuccess()
    let push = try repository.dver("push").requireStatus(2)
    #expect(push.standardError.contains("cannot become an object store: it holds 'objects'"))
    try repository.dver("repair", "-r", "o").requireStatus(2)
    #expect(!repository.exists("../bare/dver-store"))
  }

  @Test func damageInARemoteIsDiagnosed() throws {
    let repository = try TemporaryRepository()
    let remote = repository.outside("remote")
    try repository.write("1\n", to: "a")
    try repository.dver("add", "-q", "a").requireSuccess()
    try repository.dver("remote", "add", "-d", "o", remote).requireSuccess()
    try repository.dver("push", "-q").requireSuccess()
    try repository.shell(
      "f=$(find \(remote)/objects -type f); chmod u+w $f; printf 2 > $f"
    ).requireSuccess()
    try repository.dver("verify", "-r", "o").requireStatus(4)
    let found = try repository.dver("doctor").requireStatus(4)
    let text = found.standardError + found.standardOutput
    #expect(text.contains("1 damaged object is in the quarantine of remote 'o'"))
    try repository.dver("repair", "-r", "o").requireSuccess()
    let mended = try repository.dver("doctor").requireSuccess()
    #expect(!mended.standardOutput.contains("damaged object is"))
  }

  /// The text is wrong, and not the data.
  @Test func aWrongSizeIsSaidToBeOne() throws {
    let repository = try TemporaryRepository()
    try repository.write("12345\n", to: "a")
    try repository.dver("add", "-q", "a").requireSuccess()
    try repository.shell("sed -i 's/size: 6/size: 9/' a.dver").requireSuccess()
    let text = "a.dver records 9 bytes for a, and its object has 6"
    let doctor = try repository.dver("doctor").requireStatus(2)
    #expect(doctor.transcript.contains(text))
    try repository.remove("a")
    let refused = try repository.dver("checkout").requireStatus(4)
    #expect(refused.standardError.contains(text))
    try repository.shell("sed -i 's/size: 9/size: 6/' a.dver").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.readText("a") == "12345\n")
  }

  @Test func packsAloneAreAStore() throws {
    let repository = try TemporaryRepository()
    try repository.shell("mkdir d; for i in $(seq 1200); do echo $i > d/$i; done").requireSuccess()
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.shell("ls .dver/cache/packs/*.pack && rm -rf d .dver/cache/dver-store")
      .requireSuccess()
    try repository.shell("rm -rf .dver/cache/objects").requireSuccess()
    try repository.dver("status").requireStatus(4)
    try repository.dver("repair").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    #expect(try repository.readText("d/7") == "7\n")
    // What others call so is none.
    try repository.shell("mkdir -p ../other/packs && touch ../other/packs/a.pack").requireSuccess()
    try repository.dver("remote", "add", "-d", "o", "../other").requireSuccess()
    let push = try repository.dver("push").requireStatus(2)
    #expect(push.standardError.contains("cannot become an object store: it holds 'packs'"))
  }

  /// Of several directories somebody has to know which.
  @Test func aDamagedNodeIsNamedByItsDirectory() throws {
    let repository = try TemporaryRepository()
    for folder in ["d", "e"] { try repository.write("1\n", to: "\(folder)/x") }
    try repository.dver("add", "-q", "d", "e").requireSuccess()
    // A node that is what its name says, and no manifest.
    try repository.shell(
      """
      echo no manifest > .dver/manifests/e/+
      new=$(sha256sum .dver/manifests/e/+ | cut -c1-64)
      sed -i "s/[0-9a-f]*[.]dir/$new.dir/" e.dver && grep -q $new e.dver
      """
    ).requireSuccess()
    let refused = try repository.dver("ls", "-R", "e").requireStatus(4)
    #expect(refused.standardError.contains("manifest node .dver/manifests/e/+"))
  }
}
