import TestSupport
import Testing

/// `dver diff --rows` and `--key`.
@Suite struct DiffRowsTests {
  /// A repository with one commit that tracks `prices.csv` and `data`.
  func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("id,price,name\n1,2,a\n2,3,b\n3,4,c\n", to: "prices.csv")
    try repository.write("x\ty\n1\t2\n3\t4\n", to: "data/sub/t.tsv")
    try repository.write(
      "{\"id\": 1, \"v\": \"a\"}\n{\"id\": 2, \"v\": null}\n", to: "data/l.jsonl")
    try repository.write("text\n", to: "data/note.txt")
    try repository.dver("add", "prices.csv", "data").requireSuccess()
    try repository.commitAll()
    return repository
  }

  func changePrices(_ repository: TemporaryRepository) throws {
    try repository.write(
      "id,price,name,note\n1,2.5,a,\n3,4,\"c\",new\n4,5,\"d\n\u{1b}[31m\",\n", to: "prices.csv")
  }

  func diff(
    _ repository: TemporaryRepository, _ arguments: any ByteText...
  ) throws -> String {
    try repository.dverCommand(["diff"] + arguments).run().requireSuccess().standardOutput
  }

  // MARK: What is shown

  static let pricesByID = """
    prices.csv: 3 rows: 1 added, 1 deleted, 1 modified
      column price: integer -> float; column note added
      ~ id=1  price: 2 -> 2.5
      + id=4  price=5  name="d\\n\\033[31m"  note=""
      - id=2  price=3  name=b

    """

  @Test func rowsAreShownUnderTheFiles() throws {
    let repository = try repository()
    try changePrices(repository)
    #expect(
      try diff(repository, "--key", "id") == """
        Modified:
            prices.csv

        \(Self.pricesByID)
        files summary: 1 modified
        bytes summary: 55 B modified (32 B before)

        """)
    #expect(try !diff(repository).contains("rows"))
  }

  @Test func twoRevisionsAreComparedAsTheWorkspaceIs() throws {
    let repository = try repository()
    try changePrices(repository)
    try repository.dver("add", "prices.csv").requireSuccess()
    try repository.commitAll()
    try repository.write("id\n", to: "prices.csv")
    #expect(try diff(repository, "HEAD~1", "HEAD", "--key", "id").contains(Self.pricesByID))
    #expect(
      try diff(repository, "HEAD", "HEAD~1", "--key", "id").contains(
        "  column price: float -> integer; column note deleted\n  ~ id=1  price: 2.5 -> 2\n"))
  }

  @Test func membersOfDirectoriesAreTablesToo() throws {
    let repository = try repository()
    try repository.write("x\ty\n3\t4\n1\t2\n", to: "data/sub/t.tsv")
    try repository.write("{\"v\": \"b\", \"id\": 1}\n{\"id\": 2}\n", to: "data/l.jsonl")
    try repository.write("other\n", to: "data/note.txt")
    let output = try diff(repository, "--rows")
    #expect(
      output.contains(
        """
        data/l.jsonl: 2 rows: 2 added, 2 deleted
          + v="b"  id=1
          + id=2
          - id=1  v="a"
          - id=2  v=null

        data/sub/t.tsv: 2 rows: the same rows in another order


        """))
    #expect(!output.contains("note.txt: "))
    let scoped = try diff(repository, "--key", "id", "--targets", "data/l.jsonl")
    #expect(scoped.contains("  ~ id=1  v: \"a\" -> \"b\"\n  ~ id=2  v: null -> (none)\n"))
    #expect(!scoped.contains("t.tsv"))
  }

  @Test func whatIsOnlyWrittenInAnotherWayHasTheSameRows() throws {
    let repository = try repository()
    try repository.write(
      "\u{feff}id,price,name\r\n\"1\",2,a\r\n2,3,b\r\n3,4,c", to: "prices.csv")
    #expect(
      try diff(repository, "--rows").contains(
        "prices.csv: 3 rows: the same, only written in another way\n"))
    try repository.write("name,id\na,1\nb,2\nc,3\n", to: "prices.csv")
    #expect(
      try diff(repository, "--rows").contains(
        """
        prices.csv: 3 rows: the same in the columns that both versions have
          column price deleted; columns in another order

        """))
  }

  @Test func jsonHasRowsBesideThePath() throws {
    let repository = try repository()
    try changePrices(repository)
    try repository.write("{\"id\": 1, \"v\": {\"b\": 1}}\n", to: "data/l.jsonl")
    try repository.write([0x78, 0x0a, 0xff, 0x0a], to: "data/sub/t.tsv")
    let json = try diff(repository, "--json", "--rows", "--key", "id", "--targets", "prices.csv")
    #expect(
      json == """
        {"added": [], "deleted": [], "modified": [{"path": "prices.csv", "rows": {"old": 3, \
        "new": 3, "added": 1, "deleted": 1, "modified": 1, "reordered": false, "columns": \
        {"added": ["note"], "deleted": [], "reordered": false, "types": {"price": {"old": \
        "integer", "new": "float"}}}, "changes": [{"kind": "modified", "key": {"id": "1"}, \
        "row": {"old": 1, "new": 1}, "old": {"price": "2"}, "new": {"price": "2.5"}}, \
        {"kind": "added", "key": {"id": "4"}, "row": 3, "new": {"id": "4", "price": "5", "name": \
        "d\\n\\u001b[31m", "note": ""}}, {"kind": "deleted", "key": {"id": "2"}, "row": 2, \
        "old": {"id": "2", "price": "3", "name": "b"}}]}}], "renamed": [], "not in cache": []}

        """)
    let lines = try diff(repository, "--json", "--rows", "--targets", "data")
    #expect(
      lines.contains("{\"kind\": \"added\", \"row\": 1, \"new\": {\"id\": 1, \"v\": {\"b\":1}}}"))
    #expect(
      lines.contains("{\"kind\": \"deleted\", \"row\": 2, \"old\": {\"id\": 2, \"v\": null}}"))
    #expect(
      lines.contains("{\"kind\": \"added\", \"row\": 1, \"new\": {\"x\": \"\\\"\\\\377\\\"\"}}"))
  }

  @Test func markdownHasASectionAFile() throws {
    let repository = try repository()
    try repository.write("id,price,name\n1,2,a|b\n2,3,b\n3,4,c\n", to: "prices.csv")
    #expect(
      try diff(repository, "--md", "--key", "id") == """
        | Status   | Path       |
        |----------|------------|
        | modified | prices.csv |

        ### prices.csv

        3 rows: 1 modified

        | Change   | Row   | Cells                 |
        |----------|-------|-----------------------|
        | modified | 1     | id=1  name: a -> a\\|b |


        """)
  }

  @Test func aLimitIsObeyed() throws {
    let repository = try repository()
    let rows = (1...1500).map { "\($0),9,z\n" }.joined()
    try repository.write("id,price,name\n" + rows, to: "prices.csv")
    let output = try diff(repository, "--key", "id")
    #expect(output.contains("prices.csv: 3 -> 1,500 rows: 1,497 added, 3 modified\n"))
    #expect(output.contains("  … and 1,490 more (--limit 0 shows all)\n"))
    #expect(output.contains("  + id=10  price=9  name=z\n  … and"))
    let none = try diff(repository, "--key", "id", "--limit", "0")
    #expect(none.contains("  + id=1500  price=9  name=z\n") && !none.contains("…"))
    let one = try diff(repository, "--key", "id", "--limit", "1")
    #expect(one.contains("  ~ id=1  price: 2 -> 9  name: a -> z\n  … and 1,499 more"))
    let json = try diff(repository, "--key", "id", "--limit", "2", "--json")
    #expect(json.contains("\"added\": 1497") && json.ranges(of: "\"kind\"").count == 2)
    #expect(try diff(repository, "--key", "id", "--json").ranges(of: "\"kind\"").count == 1500)
  }

  @Test func longCellsAndLinesAreCut() throws {
    let repository = try repository()
    let long = String(repeating: "é", count: 30_000)
    try repository.write("id,price,name\n1,2,\(long)\n2,3,b\n3,4,c\n", to: "prices.csv")
    let output = try diff(repository, "--key", "id")
    #expect(output.contains("  ~ id=1  name: a -> \(String(repeating: "é", count: 39))…\n"))
    #expect(try diff(repository, "--key", "id", "--json").contains(long))
  }
}
