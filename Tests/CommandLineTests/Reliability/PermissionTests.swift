import Glibc
import TestSupport
import Testing

/// What the system refuses is an error that names the path, and loses nothing.
struct PermissionTests {
  private static let isRoot = getuid() == 0
  private static let mayMount: Bool = {
    let script = "d=$(mktemp -d) && mount -t tmpfs -o size=1m none $d && umount $d; rmdir $d"
    return isRoot
      && (try? Command("/bin/sh", ["-c", script], directory: "/").run())?.status == .exited(0)
  }()

  @Test(.enabled(if: !isRoot, "root may read everything"))
  func anUnreadableFileIsNamed() throws {
    let repository = try SmallCase.withData()
    try repository.chmod(0, "data/sub/b")
    let result = try repository.dver("add", "data").requireStatus(2)
    #expect(result.standardError.contains("data/sub/b"))
    #expect(!repository.exists("data.dver"))
  }

  @Test(.enabled(if: !isRoot, "root may write everywhere"), arguments: [".", ".dver/cache"])
  func aReadOnlyFolderIsNamed(_ folder: String) throws {
    let repository = try SmallCase.changed()
    try repository.shell("chmod -R a-w \(folder)").requireSuccess()
    try repository.dver("add", "data").requireAnswer(from: 2...2)
    try repository.shell("chmod -R u+w \(folder)").requireSuccess()
    try repository.dver("add", "data", "single.csv").requireSuccess()
    try repository.requireClean()
  }

  @Test(.enabled(if: mayMount, "needs the right to mount"))
  func aFullDiskLosesNothing() throws {
    let repository = try TemporaryRepository()
    let cache = repository.outside("cache")
    try repository.makeDirectory(cache)
    try repository.shell("mount -t tmpfs -o size=4m none '\(cache)'").requireSuccess()
    defer { _ = try? repository.shell("umount '\(cache)'") }
    try repository.append("[cache]\n\tdir = \(cache)\n", to: ".dver/config")
    try repository.shell("head -c 8000000 /dev/urandom > big; mkdir d").requireSuccess()
    let before = try repository.read("big")
    let result = try repository.dver("add", "big").requireStatus(2)
    #expect(result.standardError.contains("No space left on device"))
    #expect(try repository.read("big") == before)
    #expect(!repository.exists("big.dver"))
    try repository.write("small\n", to: "small")
    try repository.dver("add", "small").requireSuccess()
    try repository.requireClean()
    try repository.remove("small")
    try repository.dver("checkout").requireSuccess()
  }

  @Test(.enabled(if: mayMount, "needs the right to mount"))
  func emptyingTheTrashFreesAFullDisk() throws {
    let repository = try TemporaryRepository()
    let mount = "mount -t tmpfs -o size=4m none .dver/cache"
    try repository.shell("rm -rf .dver/cache && mkdir .dver/cache && \(mount)").requireSuccess()
    defer { _ = try? repository.shell("umount .dver/cache") }
    for _ in 0..<2 {
      try repository.shell("head -c 1000000 /dev/urandom > x").requireSuccess()
      try repository.dver("add", "-q", "x").requireSuccess()
      try repository.commitAll()
    }
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    // The lock has no page of its own that it could be written to.
    try repository.shell(": > .dver/cache/leases/collect; cat /dev/zero > .dver/cache/fill")
      .requireStatus(1)
    try repository.dver("gc", "--repack").requireSuccess()
    try repository.dver("gc", "--empty-trash", "-f").requireSuccess()
    #expect(try repository.files(".dver/cache/trash").isEmpty)
    try repository.dver("verify", "-q").requireSuccess()
  }

  /// Of another size or not.
  @Test(
    .enabled(if: mayMount, "needs the right to mount"),
    arguments: ["echo other > $loose", "echo 2 > $loose"])
  func damageInAReadOnlyCacheIsNamed(_ damage: String) throws {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "x")
    try repository.dver("add", "-q", "x").requireSuccess()
    try repository.remove("x")
    try repository.shell(
      "loose=$(find .dver/cache/objects -type f -size 2c); chmod u+w $loose; \(damage); cd .dver; "
        + "mount --bind cache cache; mount -o remount,bind,ro cache"
    ).requireSuccess()
    defer { _ = try? repository.shell("umount .dver/cache") }
    let result = try repository.dver("checkout").requireStatus(4)
    #expect(result.standardError.contains("the cache's copy of x was damaged"))
    #expect(!repository.exists("x"))
  }

  @Test(.enabled(if: !isRoot, "root may write everywhere"))
  func aFolderThatMustNotBeChangedHoldsUpNothingElse() throws {
    let repository = try TemporaryRepository()
    for path in ["d/a", "d/ro/b", "d/ro/c", "d/z", "x"] {
      try repository.write("1\n", to: path)
    }
    try repository.dver("add", "-q", "d", "x").requireSuccess()
    try repository.commitAll()
    try repository.chmod(0o555, "d/ro")
    defer { _ = try? repository.chmod(0o755, "d/ro") }
    let refused = try repository.dver("remove", "--outs", "d", "x").requireStatus(2)
    #expect(refused.standardError.contains("cannot remove d/ro/b: Permission denied"))
    #expect(try repository.files("d") == ["ro/b", "ro/c"])
    #expect(!repository.exists("x"))
    let record = try repository.dver("op", "log", "-n", "1").requireSuccess().standardOutput
    #expect(record.contains("dver remove"))
    try repository.dver("undo").requireSuccess()
    try repository.requireClean()

    try repository.shell("chmod u+w d/ro; rm d/a d/ro/b d/z x; chmod u-w d/ro").requireSuccess()
    let part = try repository.dver("checkout").requireStatus(2)
    #expect(part.standardError.contains("cannot create d/ro/b: Permission denied"))
    #expect(try repository.files("d") == ["a", "ro/c", "z"])
    #expect(try repository.readText("x") == "1\n")
  }

  /// Files are then made among the data, where nothing of that may stay.
  @Test(.enabled(if: mayMount, "needs the right to mount"))
  func dataOnAnotherFileSystemIsRestoredAlone() throws {
    let repository = try TemporaryRepository()
    try repository.shell("mkdir -p d/s d/e && echo 1 > d/x && echo 2 > d/s/y").requireSuccess()
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.shell("rm -r d && mkdir d && mount -t tmpfs -o size=4m none d").requireSuccess()
    defer { _ = try? repository.shell("umount d") }
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("find d | sort | xargs").standardOutput == "d d/e d/s d/s/y d/x\n")
    try repository.dver("status", "-q").requireSuccess()
  }

  /// Whatever has to leave such an output is copied: renames do not lead out of it.
  @Test(.enabled(if: mayMount, "needs the right to mount"))
  func anOutputOnAnotherFileSystemGivesUpWhatItHolds() throws {
    let repository = try TemporaryRepository()
    try repository.write("*.tmp\n", to: ".dverignore")
    try repository.write("1\n", to: "in")
    try repository.write(
      """
      stages:
        s:
          cmd: cp in o/r; if test -e fail; then mkfifo o/p; exit 1; fi
          deps: [in]
          outs: [o]

      """, to: "dver.yaml")
    try repository.shell("mkdir o && mount -t tmpfs -o size=4m none o").requireSuccess()
    defer { _ = try? repository.shell("umount o") }
    try repository.dver("repro").requireSuccess()
    // The new output has no such folder.
    try repository.write("mine\n", to: "o/sub/y.tmp")
    try repository.write("2\n", to: "in")
    let kept = try repository.dver("repro").requireSuccess()
    #expect(kept.standardError.contains("state/kept/o/sub/y.tmp"))
    #expect(try repository.readText(".dver/state/kept/o/sub/y.tmp") == "mine\n")
    #expect(try repository.files("o") == ["r"])
    #expect(try repository.readText("o/r") == "2\n")

    try repository.write("3\n", to: "in")
    try repository.write("", to: "fail")
    let failed = try repository.dver("repro").requireStatus(3)
    #expect(failed.standardError.contains("o/p is neither a file nor a folder nor a link"))
    #expect(try repository.files("o") == ["r"])
    #expect(try repository.readText("o/r") == "2\n")
    try repository.remove("fail")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("o/r") == "3\n")
  }

  private static let makesImage =
    "truncate -s 8M $i && mkfs.ext4 -q -I 128 $i 2>&1 && mount -o loop $i"
  private static let mayMountImages: Bool = {
    let script = "d=$(mktemp -d); i=$d.img; \(makesImage) $d && umount $d; rm -r $d $i"
    return isRoot
      && (try? Command("/bin/sh", ["-ec", script], directory: "/").run())?.status == .exited(0)
  }()

  /// With times of whole seconds an edit right after a checkout leaves no trace but the content.
  @Test(.enabled(if: mayMountImages, "needs loop devices and mkfs.ext4"))
  func anEditRightAfterACheckoutIsSeen() throws {
    let repository = try TemporaryRepository()
    let image = repository.outside("image")
    try repository.shell("mkdir d; i=\(image); \(Self.makesImage) d; rmdir d/lost+found")
      .requireSuccess()
    defer { _ = try? repository.shell("umount d") }
    for text in ["one\n", "two\n"] {
      try repository.write(text, to: "d/x")
      try repository.dver("add", "-q", "d").requireSuccess()
      try repository.commitAll()
    }
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    try repository.dver("checkout").requireSuccess()
    try repository.shell("printf 'uno\\n' > d/x").requireSuccess()
    let status = try repository.dver("status", "--json").requireSuccess()
    #expect(status.standardOutput.contains(#"{"d": "modified"}"#))
  }

  /// A mount over a part of the data, of this file system or another one: renames do not lead there.
  @Test(.enabled(if: mayMount, "needs the right to mount"), arguments: ["d", "d/s"])
  func dataBelowAMountIsRestored(place: String) throws {
    let repository = try TemporaryRepository()
    try repository.shell(
      "mkdir -p d/s/t other && echo 1 > d/x && echo 2 > d/s/y && echo 3 > d/s/t/z && mkdir d/s/e"
    ).requireSuccess()
    try repository.dver("add", "-q", "d").requireSuccess()
    let whole = "d d/s d/s/e d/s/t d/s/t/z d/s/y d/x\n"
    for mount in ["--bind other", "-t tmpfs -o size=4m none"] {
      try repository.shell("rm -rf \(place)/* && mount \(mount) \(place)").requireSuccess()
      defer { _ = try? repository.shell("umount \(place)") }
      try repository.dver("checkout").requireSuccess()
      #expect(try repository.shell("find d | LC_ALL=C sort | xargs").standardOutput == whole)
      try repository.dver("status", "-q").requireSuccess()
      // What is there is replaced and removed too, but for the folder that is the mount.
      try repository.shell("echo new > d/s/y; mv d/s/t/z d/s/z").requireSuccess()
      try repository.dver("add", "-q", "d").requireSuccess()
      try repository.dver("undo").requireSuccess()
      try repository.dver("checkout").requireSuccess()
      #expect(try repository.shell("find d | LC_ALL=C sort | xargs").standardOutput == whole)
      #expect(try repository.read("d/s/y") == Array("2\n".utf8))
      try repository.shell("rm -r d/s/*").requireSuccess()
      try repository.dver("add", "-q", "d").requireSuccess()
      try repository.dver("undo").requireSuccess()
      try repository.dver("checkout").requireSuccess()
      #expect(try repository.shell("find d | LC_ALL=C sort | xargs").standardOutput == whole)
    }
    try repository.dver("checkout").requireSuccess()
    #expect(try repository.shell("find d | LC_ALL=C sort | xargs").standardOutput == whole)
  }
}
