import TestSupport

/// Small repositories for commands to be interrupted in.
///
/// Two data sets, `data` with a file, an executable file, a link, a folder and an empty folder, and
/// the file `single.csv`; or a pipeline of two stages.
enum SmallCase {
  static func empty() throws -> TemporaryRepository { try TemporaryRepository(.git) }

  /// A project of DVC with a pipeline that is no workspace yet, and ignore files.
  static func ofDVC() throws -> TemporaryRepository {
    let project = try DVCProjectFixture()
    try project.track("data", files: [("a", "1\n"), ("sub/b", "2\n")])
    try project.track("single.csv", "id\n1\n")
    try project.repository.write("*.tmp\n", to: "sub/.dvcignore")
    try project.addPipeline()
    try project.repository.commitAll()
    return project.repository
  }

  static func withData() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/a")
    try repository.write("#!/bin/sh\n", to: "data/run.sh")
    try repository.chmod(0o755, "data/run.sh")
    try repository.write(String(repeating: "2\n", count: 5000), to: "data/sub/b")
    try repository.makeDirectory("data/empty")
    try repository.symlink("sub/b", at: "data/link")
    try repository.write("id\n1\n", to: "single.csv")
    return repository
  }

  /// With a first version in git, and changes that `add` has not seen.
  static func changed() throws -> TemporaryRepository {
    let repository = try withData()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    try change(repository)
    return repository
  }

  /// With two versions in git, where the pointers are those of the first one and the data is of
  /// the second one.
  static func outOfDate() throws -> TemporaryRepository {
    let repository = try changed()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "HEAD~1").requireSuccess()
    return repository
  }

  /// With two versions in git, of which the workspace has the second.
  static func twoVersions() throws -> TemporaryRepository {
    let repository = try changed()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  /// With two versions of many small files, in packs.
  static func packed() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    let script = "mkdir -p many; for n in $(seq 300); do echo $1 $n > many/$n; done"
    for version in ["one", "two"] {
      try repository.shell("set -- \(version); \(script)").requireSuccess()
      try repository.dver("add", "-q", "many").requireSuccess()
      try repository.commitAll()
    }
    return repository
  }

  /// With the first of two versions in the trash, a part of which is in use again.
  static func withTrash() throws -> TemporaryRepository {
    let repository = try twoVersions()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    try repository.git("checkout", "-q", "HEAD~1", "--", "single.csv.dver").requireSuccess()
    try repository.write("id\n1\n", to: "single.csv")
    return repository
  }

  /// With an object in quarantine and one that is missing, and the workspace sound.
  static func damaged() throws -> TemporaryRepository {
    let repository = try twoVersions()
    let script = """
      set -- $(grep -l . .dver/cache/objects/*/* | xargs grep -l '^id$')
      chmod u+w $1 && printf 'id\\n9\\n' > $1 && rm $2
      """
    try repository.shell(script).requireSuccess()
    try repository.dver("verify", "-q").requireStatus(4)
    return repository
  }

  /// In the middle of a merge of two versions.
  static func conflicting() throws -> TemporaryRepository {
    let repository = try changed()
    try repository.git("checkout", "-q", "-b", "other").requireSuccess()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "-").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.write("ours\n", to: "data/a")
    try repository.dver("add", "-q", "data").requireSuccess()
    try repository.commitAll()
    try repository.git("merge", "-q", "other").requireStatus(1)
    return repository
  }

  /// After two versions were added, and then moved and removed with the data.
  static func removed() throws -> TemporaryRepository {
    let repository = try changed()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    try repository.dver("move", "-q", "single.csv", "moved.csv").requireSuccess()
    try repository.dver("remove", "-q", "--outs", "data").requireSuccess()
    return repository
  }

  /// With data that was never added, and a remote in a folder that git does not see.
  static func withEmptyRemote() throws -> TemporaryRepository {
    let repository = try withData()
    try repository.write("/shared/\n", to: ".git/info/exclude")
    try repository.dver("remote", "add", "-q", "-d", "shared", "shared").requireSuccess()
    return repository
  }

  /// As before, with as many small files as make a pack.
  static func manyFiles() throws -> TemporaryRepository {
    let repository = try withEmptyRemote()
    let script = "mkdir -p many; for n in $(seq 300); do echo $n > many/$n; done"
    try repository.shell(script).requireSuccess()
    return repository
  }

  /// With a remote in a folder that git does not see, which has nothing yet.
  static func withRemote() throws -> TemporaryRepository {
    let repository = try withEmptyRemote()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  /// As a fresh clone: all data is in the remote only.
  static func withoutData() throws -> TemporaryRepository {
    let repository = try withRemote()
    try repository.dver("push", "-q").requireSuccess()
    try repository.commitAll()
    for path in ["data", "single.csv", ".dver/cache", ".dver/tmp", ".dver/state"] {
      try repository.remove(path)
    }
    return repository
  }

  /// Whose data is linked to the cache, and read-only.
  static func linked() throws -> TemporaryRepository {
    let repository = try withData()
    try repository.dver("config", "cache.type", "hardlink").requireSuccess()
    try repository.dver("add", "-q", "data", "single.csv").requireSuccess()
    try repository.commitAll()
    return repository
  }

  private static func change(_ repository: TemporaryRepository) throws {
    try repository.write("changed\n", to: "data/a")
    try repository.remove("data/link")
    try repository.write("n\n", to: "data/new")
    try repository.write("id\n2\n", to: "single.csv")
  }

  /// With a pipeline that ran once; then its input changed, and somebody edited an output.
  static func pipeline() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("first\n", to: "in")
    try repository.write(stages, to: "dver.yaml")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    try repository.write("edited by hand\n", to: "o2")
    try repository.write("second\n", to: "in")
    return repository
  }

  private static let stages = """
    stages:
      one:
        cmd: mkdir o1 && cat in > o1/a && cat in in > o1/b && chmod +x o1/b && ln -s a o1/l
        deps: [in]
        outs: [o1]
      two:
        cmd: cat o1/a o1/b > o2
        deps: [o1]
        outs: [o2]

    """
}
