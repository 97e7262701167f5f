import TestSupport
import Testing

/// `dver gc --repack`.
@Suite struct RepackTests {
  @Test func repackingKeepsEverything() throws {
    let repository = try TemporaryRepository()
    for number in 0..<300 {
      try repository.write(String(repeating: "row \(number),", count: 50), to: "d/\(number)")
    }
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    let dry = try repository.dver("gc", "--repack", "--dry").requireSuccess()
    #expect(dry.standardOutput.contains("Would repack"))
    let result = try repository.dver("gc", "--repack", "--json").requireSuccess()
    #expect(result.standardOutput.contains("\"packs\": 1, "))
    try repository.dver("verify").requireSuccess()
    try repository.remove("d")
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.requireClean()
    let again = try repository.dver("gc", "--repack").requireSuccess()
    #expect(again.standardError.contains("nothing to repack"))
  }

  /// Writes 300 small files.
  private func fill(_ folder: String, in repository: TemporaryRepository) throws {
    try repository.shell(
      "mkdir \(folder); for n in $(seq 300); do echo \(folder) $n > \(folder)/$n; done"
    ).requireSuccess()
  }

  private func requireData(_ folder: String, in repository: TemporaryRepository) throws {
    let lines = try repository.shell("for n in $(seq 300); do cat \(folder)/$n; done")
      .requireSuccess().lines
    #expect(lines == (1...300).map { "\(folder) \($0)" })
  }

  @Test func whatFilesAreLinkedToStays() throws {
    let repository = try TemporaryRepository()
    try repository.dver("config", "cache.type", "symlink").requireSuccess()
    for folder in ["linked", "copied"] { try fill(folder, in: repository) }
    try repository.dver("add", "-q", "linked", "copied").requireSuccess()
    try repository.commitAll()
    let tree = repository.outside("tree")
    try repository.git("worktree", "add", "-q", tree).requireSuccess()
    try repository.dver("--cd", tree, "checkout", "-q", "linked").requireSuccess()
    try repository.dver("unprotect", "linked", "copied").requireSuccess()
    try repository.dver("config", "cache.type", "copy").requireSuccess()
    let result = try repository.dver("gc", "--repack", "--json").requireSuccess()
    // With the nodes of the manifests.
    #expect(result.standardOutput.contains("\"loose\": 302,"))
    for folder in ["linked", "copied"] { try requireData(folder, in: repository) }
    try repository.shell("cd \(tree) && test -L linked/1 && cat linked/* > /dev/null")
      .requireSuccess()
    try repository.dver("verify", "-q").requireSuccess()
    // As long as the links of a work tree cannot be seen, nothing is touched.
    try repository.shell("mv \(tree) \(tree)-away").requireSuccess()
    try repository.dver("gc", "--repack").requireStatus(2)
  }

  @Test func guestsOfACacheKeepTheirLinks() throws {
    let repository = try TemporaryRepository()
    try fill("d", in: repository)
    try repository.dver("add", "-q", "d").requireSuccess()
    try repository.commitAll()
    let guest = try repository.clone("guest")
    let cache = repository.path + "/.dver/cache"
    try guest.dver("cache", "dir", "--local", cache).requireSuccess()
    try guest.dver("config", "--local", "cache.type", "symlink").requireSuccess()
    try guest.dver("checkout", "-q", "d").requireSuccess()
    #expect(try repository.shell("ls \(cache)/names").requireSuccess().lines.count == 1)
    let result = try repository.dver("gc", "--repack", "--json").requireSuccess()
    #expect(result.standardOutput.contains("\"loose\": 0,"))
    try requireData("d", in: guest)
    // Nor does a collection take what only the guest has.
    try repository.dver("remove", "-q", "--outs", "d.dver").requireSuccess()
    try repository.commitAll()
    try repository.dver("gc", "-q", "-w", "-f").requireSuccess()
    try requireData("d", in: guest)
    // Not even once it is tracked no more.
    try guest.shell("git rm -rq --cached d.dver .dver/manifests && rm -r d.dver .dver/manifests")
      .requireSuccess()
    try guest.commitAll()
    for project in [guest, repository] {
      for _ in 0..<2 { try project.dver("gc", "-q", "-w", "-f").requireSuccess() }
    }
    try requireData("d", in: guest)
    // Nor one that takes the store for a remote.
    let third = try TemporaryRepository()
    try third.dver("remote", "add", "-d", "r", cache).requireSuccess()
    try third.dver("gc", "-q", "--repack", "-c").requireSuccess()
    try requireData("d", in: guest)
  }
}
