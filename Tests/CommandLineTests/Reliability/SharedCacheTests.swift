import Glibc
import TestSupport
import Testing

/// Two users of one group with one cache and one remote, who both keep their files to themselves.
@Suite struct SharedCacheTests {
  private static let group = 65_010

  /// Whether another user can be had, who can reach the folders of tests.
  private static let mayChangeUser: Bool = {
    guard getuid() == 0, let folder = try? TemporaryDirectory() else { return false }
    let words = "--reuid 65001 --regid 65001 --clear-groups"
    let script = "chmod 755 . && exec setpriv \(words) ls \"$PWD\""
    let result = try? Command("/bin/sh", ["-c", script], directory: folder.path).run()
    return result?.status == .exited(0)
  }()

  /// Runs a script as one of the users, in a folder of their own.
  private func run(
    _ script: String, as user: Int, mask: String, in repository: TemporaryRepository
  ) throws {
    let home = repository.outside("\(user)")
    let prelude = """
      umask \(mask); cd \(home)
      export HOME=\(home) PATH=\(repository.outside("bin")):$PATH TEAM=\(repository.outside("team"))
      """
    let words = [
      "--reuid", "\(user)", "--regid", "\(user)", "--groups", "\(Self.group)", "sh", "-ec",
      "\(prelude)\n\(script)",
    ]
    try Command(
      "setpriv", words, environment: repository.environment, directory: repository.root
    ).run().requireSuccess()
  }

  private func prepare() throws -> TemporaryRepository {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.shell(
      """
      cd \(repository.outside("."))
      chmod 755 ../.. .. . 2>/dev/null || true
      mkdir -m 755 bin && cp \(BuiltProducts.dver()) bin/dver && chmod 755 bin/dver
      for user in 65001 65002; do
        mkdir $user && printf '[safe]\\n\\tdirectory = *\\n' > $user/.gitconfig && chown -R $user $user
      done
      mkdir team && chgrp \(Self.group) team && chmod 2770 team
      """
    ).requireSuccess()
    return repository
  }

  /// Everything in the cache and the remote can be read, and its folders written, by the group.
  private func requireShared(_ repository: TemporaryRepository) throws {
    let result = try repository.shell(
      """
      cd \(repository.outside("team"))
      find cache remote \\( -type d ! -perm -2070 -o -type f ! -perm -040 \\
        -o ! -group \(Self.group) \\) -print
      """
    ).requireSuccess()
    #expect(result.standardOutput.isEmpty)
  }

  /// As a container leaves one in the work tree.
  @Test(.enabled(if: mayChangeUser, "needs root, and setpriv"))
  func aFolderOfAnotherUserIsPassedOver() throws {
    let repository = try prepare()
    try run(
      """
      git init -q . && dver init -q && mkdir pgdata d && echo 1 > d/1 && dver add -q d
      dver remote add -q -d shared $TEAM/remote && echo /pgdata/ >> .gitignore
      git add -A && git commit -qm 1
      """, as: 65001, mask: "022", in: repository)
    try repository.shell(
      "cd \(repository.outside("65001/pgdata")) && echo 1 > f && chown 0:0 . f && chmod 700 ."
    ).requireSuccess()
    try run(
      """
      for line in status diff ls 'data status --untracked-files' 'add d' checkout verify push; do
        said=$(dver $line 2>&1 > /dev/null) || { echo "$line: $said" >&2; exit 1; }
        count=$(echo "$said" | grep -c 'cannot look into pgdata: Permission denied' || true)
        test $count = 1 || { echo "$line: $said" >&2; exit 1; }
      done
      if said=$(dver gc -w -f 2>&1); then exit 1; fi
      echo "$said" | grep 'cannot look into pgdata'
      echo "$said" | grep 'hint: .*dverignore'
      echo /pgdata/ >> .dverignore
      dver gc -q -w -f && dver verify -q
      if dver checkout 2>&1 | grep pgdata; then exit 1; fi
      """, as: 65001, mask: "022", in: repository)
  }

  @Test(.enabled(if: mayChangeUser, "needs root, and setpriv"), arguments: ["077", "022"])
  func bothUseAllOfIt(mask: String) throws {
    let repository = try prepare()
    try run(
      """
      git init -q . && dver init -q
      dver config cache.shared group && dver cache dir $TEAM/cache
      dver remote add -q -d shared $TEAM/remote
      mkdir d many && for n in 1 2 3; do echo $n > d/$n; done && seq 300000 > big
      for n in $(seq 200); do echo $n > many/$n; done
      dver add -q d big many && git add -A && git commit -qm one && dver push -q
      git clone -q --no-hardlinks --bare . $TEAM/repository && chmod -R g+rwX $TEAM/repository
      """, as: 65001, mask: mask, in: repository)
    try requireShared(repository)
    try run(
      """
      git clone -q $TEAM/repository clone && cd clone && dver pull -q && dver status -q
      seq 400000 > big && echo 9 > d/9 && echo 9 > many/9 && dver add -q d big many
      git commit -qam two && dver push -q && git push -q
      dver gc -q -w -f && dver verify -q && dver verify -q -r shared && dver undo --dry
      dver gc -q --repack && dver repair -q && dver gc -q --empty-trash -f
      """, as: 65002, mask: mask, in: repository)
    try requireShared(repository)
    try run(
      """
      dver status -q && git pull -q $TEAM/repository HEAD && dver checkout -q && cat d/9 many/9
      echo 10 > d/10 && dver add -q d && dver push -q && dver gc -q -w -c -f
      dver verify -q && dver verify -q -r shared && dver gc -q --repack && dver gc -q --empty-trash -f
      """, as: 65001, mask: mask, in: repository)
    try requireShared(repository)
    try run("cd clone && dver verify -q && dver checkout -q", as: 65002, mask: mask, in: repository)
  }

  @Test(.enabled(if: mayChangeUser, "needs root, and setpriv"))
  func bothCollectWhileTheTrashIsFull() throws {
    let repository = try prepare()
    let collecting = """
      git init -q . && dver init -q
      dver config cache.shared group && dver cache dir $TEAM/cache
      for n in 1 2 3; do echo $HOME $n > f; dver add -q f; git add -A; git commit -qm $n; done
      dver gc -q -w -f
      """
    for user in [65001, 65002] {
      try run(collecting, as: user, mask: "077", in: repository)
    }
    let notes = "\(repository.outside("team"))/cache/trash/*/about"
    let modes = try repository.shell("stat -c %a \(notes)").requireSuccess()
    #expect(modes.lines == ["644", "644"])
    // As others may have left theirs.
    try repository.shell("chmod 600 \(notes)").requireSuccess()
    for user in [65001, 65002] {
      try run("dver gc -q -w -f", as: user, mask: "077", in: repository)
    }
  }
}
