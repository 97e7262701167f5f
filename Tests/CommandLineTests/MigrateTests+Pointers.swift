import TestSupport
import Testing

/// What becomes of `.dvc` files.
extension MigrateTests {
  @Test func commentsOfPointersStay() throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    let name = try project.store("1\n")
    try repository.write("1\n", to: "raw.csv")
    try repository.write(
      """
      # source: a friend
      md5: 0123456789abcdef0123456789abcdef
      outs:
      - md5: \(name)
        size: 2 # bytes
        hash: md5
        # the name
        path: raw.csv
      desc: mine  # or ours
      meta: {a: '#1'}

      """, to: "raw.csv.dvc")
    try repository.write("/raw.csv\n", to: ".gitignore")
    try repository.dver("migrate").requireSuccess()
    let digest = try repository.shell("sha256sum < raw.csv").standardOutput.prefix(64)
    #expect(
      try repository.readText("raw.csv.dver") == """
        # source: a friend
        outs:
        - size: 2 # bytes
          hash: sha256
          # the name
          path: raw.csv
          sha256: \(digest)
        desc: mine  # or ours
        meta: {a: '#1'}

        """)
    try cleanStatus(repository)
    try repository.dver("migrate").requireSuccess()
    try repository.remove("raw.csv.dver")
    try repository.write(
      "outs: [{md5: \(name), hash: md5, path: raw.csv}] # flow\n", to: "raw.csv.dvc")
    try repository.dver("migrate").requireSuccess()
    #expect(try repository.readText("raw.csv.dver").hasSuffix("}] # flow\n"))
    try cleanStatus(repository)
  }

  /// As DVC does: what a key asks for must not be lost without a word.
  @Test(arguments: ["cmd: make out", "frozn: true"])
  func aPointerWithUnknownKeysIsRefused(_ line: String) throws {
    let project = try DVCProjectFixture()
    let repository = project.repository
    try project.track("single", "text\n")
    let text = try repository.readText("single.dvc")
    try repository.append("\(line)\n", to: "single.dvc")
    let result = try repository.dver("migrate").requireStatus(2)
    #expect(result.standardError.contains("single.dvc:6:1: "))
    #expect(!repository.exists("single.dver"))
    try repository.write(
      "md5: 0123456789abcdef0123456789abcdef\nlocked: true\nalways_changed: true\n" + text,
      to: "single.dvc")
    try repository.dver("migrate").requireSuccess()
    let pointer = try repository.readText("single.dver")
    #expect(pointer.hasPrefix("frozen: true\nalways_changed: true\nouts:\n"))
  }
}
