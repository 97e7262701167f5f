import TestSupport
import Testing

@Suite struct TemporaryRepositoryTests {
  @Test func gitSeesNoConfigurationButItsOwn() throws {
    let repository = try TemporaryRepository(.git)
    let origins = try repository.git("config", "--list", "--show-origin").requireSuccess()
    for line in origins.lines {
      #expect(line.hasPrefix("file:\(repository.home)/") || line.hasPrefix("file:.git/config"))
    }
  }

  @Test func commitsAreTheSameEachTime() throws {
    let names = try (0..<2).map { _ in
      let repository = try TemporaryRepository(.git)
      try repository.write("a\n", to: "a")
      return try repository.commitAll()
    }
    #expect(names[0] == names[1])
  }

  @Test func treesListModesContentAndLinks() throws {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.write("echo\n", to: "bin/run.sh")
    try repository.append("more\n", to: "bin/run.sh")
    try repository.chmod(0o750, "bin/run.sh")
    try repository.symlink("nowhere", at: "dangling")
    let odd: [UInt8] = [0xff, 0x0a]
    try repository.write([1, 2], to: odd)
    let entries = try repository.tree()
    #expect(
      entries.map(\.description).prefix(3) == [
        "0755 directory bin", "0750 file bin/run.sh (10 bytes)", "0777 link dangling -> nowhere",
      ])
    #expect(entries.last?.path == odd)
    #expect(entries.last?.kind == .file([1, 2]))
    #expect(try repository.readText("bin/run.sh") == "echo\nmore\n")
  }

  @Test func clonesOutliveTheirOrigin() throws {
    var origin: TemporaryRepository? = try TemporaryRepository(.git)
    try origin?.write("a\n", to: "a")
    try origin?.commitAll()
    let clone = try #require(try origin?.clone())
    origin = nil
    #expect(try clone.files() == ["a"])
    try clone.git("status").requireSuccess()
  }

  @Test func theEnvironmentCanBeChanged() throws {
    let repository = try TemporaryRepository(
      .emptyDirectory, environment: ["NO_COLOR": "1", "TZ": nil])
    #expect(try repository.shell("echo $NO_COLOR${TZ-none}").standardOutput == "1none\n")
  }

  @Test func temporaryDirectoriesGoWithReadOnlyContent() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(directory?.path)
    let script =
      "mkdir -p a/b && echo x > a/b/c && ln -s /etc a/link && chmod 400 a/b/c && chmod 500 a/b a"
    try Command("/bin/sh", ["-c", script], directory: path).run().requireSuccess()
    #expect(try exists(path))
    directory = nil
    #expect(try !exists(path))
    #expect(try exists("/etc"))
  }

  private func exists(_ path: String) throws -> Bool {
    try Command("test", ["-e", path], directory: "/").run().status == .exited(0)
  }
}
