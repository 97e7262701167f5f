import TestSupport
import Testing

/// Where the compared content comes from, and what is wrong with it.
extension DiffRowsTests {
  // MARK: Where content comes from

  @Test func membersInPacksAndCompressedFilesAreRead() throws {
    let repository = try TemporaryRepository()
    try repository.shell(
      """
      mkdir many && for n in $(seq 300); do printf 'id,v\\n%s,1\\n' $n > many/$n.csv; done
      printf 'id,v\\n1,1\\n' | gzip > t.csv.gz
      """
    ).requireSuccess()
    try repository.dver("add", "many", "t.csv.gz").requireSuccess()
    try repository.commitAll()
    #expect(try !repository.files(".dver/cache/packs").isEmpty)
    try repository.write("id,v\n7,2\n", to: "many/7.csv")
    try repository.shell("printf 'id,v\\n1,1\\n2,1\\n' | gzip > t.csv.gz").requireSuccess()
    try repository.dver("add", "many", "t.csv.gz").requireSuccess()
    try repository.commitAll()
    try repository.remove("many")
    try repository.remove("t.csv.gz")
    #expect(
      try diff(repository, "HEAD~1", "HEAD", "--key", "id").contains(
        """
        many/7.csv: 1 row: 1 modified
          ~ id=7  v: 1 -> 2

        t.csv.gz: 1 -> 2 rows: 1 added
          + id=2  v=1

        """))
  }

  @Test func whatTheCacheLacksIsSaidAndTheRestIsShown() throws {
    let repository = try repository()
    try changePrices(repository)
    try repository.write("x\ty\n", to: "data/sub/t.tsv")
    let sum = try repository.shell("git show HEAD:prices.csv.dver").standardOutput
    let digest = try #require(sum.split(separator: " ").map(String.init).first { $0.count >= 64 })
      .prefix(64)
    try repository.remove(".dver/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))")
    let output = try diff(repository, "--rows")
    #expect(
      output.contains(
        """
        data/sub/t.tsv: 2 -> 0 rows: 2 deleted
        """))
    #expect(
      output.contains(
        "prices.csv: the old version is not in the cache; run 'dver fetch -A prices.csv'\n"))
    #expect(
      try diff(repository, "--rows", "--json").contains(
        "\"rows\": {\"error\": \"the old version is not in the cache\", \"hint\": "))
    try repository.dver("diff", "--rows", "--exit-code").requireStatus(1)
  }

  @Test func fetchBringsWhatTheHintSays() throws {
    let repository = try repository()
    try changePrices(repository)
    try repository.dver("remote", "add", "-d", "shared", repository.outside("remote"))
      .requireSuccess()
    try repository.dver("add", "prices.csv").requireSuccess()
    try repository.commitAll()
    try repository.dver("push", "-A").requireSuccess()
    try repository.remove(".dver/cache/objects")
    try repository.remove("prices.csv")
    let output = try diff(repository, "HEAD~1", "HEAD", "--key", "id")
    #expect(output.contains("run 'dver fetch -A prices.csv'"))
    try repository.dver("fetch", "-A", "prices.csv").requireSuccess()
    #expect(try diff(repository, "HEAD~1", "HEAD", "--key", "id").contains(Self.pricesByID))
  }

  @Test func damagedContentIsNotCompared() throws {
    let repository = try repository()
    let digest = try repository.shell("sha256sum < prices.csv").standardOutput.prefix(64)
    let object = ".dver/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))"
    try changePrices(repository)
    try repository.chmod(0o644, object)
    try repository.write("id,price,name\n1,2,a\n2,3,b\n3,4,X\n", to: object)
    #expect(
      try diff(repository, "--rows").contains(
        "prices.csv: the old version is damaged in the cache; "))
  }

  // MARK: Problems

  @Test(arguments: [
    ("id,v\n1,2\n\"3,4\n", "the new version: row 2 begins a quote that is not closed"),
    ("id,v\n1,2\n1,3\n", "the new version: the key id=1 occurs more than once: in rows 1 and 2"),
    ("ix,v\n1,2\n", "the new version: there is no column 'id'; did you mean 'ix'?"),
    ("id,id\n1,2\n", "the new version: there are several columns 'id'"),
  ])
  func problemsStandInPlaceOfRows(text: String, problem: String) throws {
    let repository = try repository()
    try repository.write(text, to: "prices.csv")
    try repository.write("{\"id\": 1}\n", to: "data/l.jsonl")
    let output = try diff(repository, "--key", "id")
    #expect(output.contains("prices.csv: \(problem)"))
    #expect(output.contains("data/l.jsonl: 2 -> 1 row"))
  }

  @Test func oddFilesGiveAnAnswer() throws {
    let contents: [[UInt8]] = [
      [], [0x0a], [0x00, 0x00], Array("id,price,name".utf8), [0xff, 0xfe, 0x69, 0x00],
      Array(",,,\n,,,\n".utf8), Array("id\n\u{1b}]0;x\u{7}\n".utf8),
      Array("id,id,id\n1,2,3,4,5\n".utf8), Array(repeating: 0x78, count: 10_000_000),
      Array(repeating: 0x2c, count: 100_000),
    ]
    let repository = try repository()
    for content in contents {
      try repository.write(content, to: "prices.csv")
      let output = try diff(repository, "--rows")
      #expect(output.contains("prices.csv: "))
      #expect(!output.utf8.contains { $0 < 0x20 && $0 != 0x0a })
      try repository.dver("diff", "--rows", "--json").requireSuccess()
    }
  }

  @Test func cutAndFalseGzipIsAProblem() throws {
    let repository = try TemporaryRepository()
    try repository.shell("seq 1000 | gzip > a.csv.gz; seq 1000 | gzip > b.csv.gz").requireSuccess()
    try repository.dver("add", "a.csv.gz", "b.csv.gz").requireSuccess()
    try repository.commitAll()
    try repository.shell("truncate -s -100 a.csv.gz; seq 1000 > b.csv.gz").requireSuccess()
    let output = try diff(repository, "--rows")
    #expect(
      output.contains(
        "a.csv.gz: the new version: the file ends in the middle of its compressed data\n"))
    #expect(
      output.contains(
        "b.csv.gz: the new version: the file is not compressed by gzip, though its name says so\n"))
  }

  @Test func parquetIsNotComparedYet() throws {
    let repository = try TemporaryRepository()
    try repository.write("PAR1", to: "a.parquet")
    try repository.dver("add", "a.parquet").requireSuccess()
    try repository.commitAll()
    try repository.write("PAR1PAR1", to: "a.parquet")
    #expect(
      try diff(repository, "--rows").contains(
        "a.parquet: rows of Parquet files cannot be compared yet\n"))
  }

  @Test func anExecutableBitAloneHasNoRows() throws {
    let repository = try repository()
    try repository.chmod(0o755, "prices.csv")
    #expect(try !diff(repository, "--rows").contains("prices.csv: "))
    #expect(try !diff(repository, "--rows", "--json").contains("rows"))
  }

  @Test func aKeyThatNoTableHasIsAFailure() throws {
    let repository = try repository()
    try changePrices(repository)
    let result = try repository.dver("diff", "--key", "idd").requireStatus(2)
    #expect(result.standardOutput == "")
    #expect(
      result.standardError == """
        dver: error: no table that differs has the key: in prices.csv, there is no column 'idd'
        hint: did you mean 'id'?

        """)
    let other = try repository.dver("diff", "--key", "whatever", "--json").requireStatus(2)
    #expect(other.standardOutput == "")
    #expect(other.standardError.contains("the columns are 'id', 'price', 'name'"))
    try repository.dver("checkout", "-f", "prices.csv").requireSuccess()
    #expect(try diff(repository, "--key", "idd") == "")
  }

  @Test func argumentsAreChecked() throws {
    let repository = try repository()
    for arguments in [
      ["--limit", "3"], ["--rows", "--limit=-1"], ["--key", ""], ["--key", "a,"],
      ["--key", "a,,b"],
    ] {
      try repository.dverCommand(["diff"] + arguments).run().requireStatus(64)
    }
    try changePrices(repository)
    #expect(
      try diff(repository, "--key", "id", "--key", "name") == diff(repository, "--key", "id,name"))
  }
}
