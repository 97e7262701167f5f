import TestSupport
import Testing

/// Shows a page to a real browser, where there is one.
@Suite struct BrowserTests {
  private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    (try? Command("/usr/bin/test", ["-x", $0], directory: "/").run().requireSuccess()) != nil
  }

  @Test(.enabled(if: browser != nil, "Chromium is not installed"))
  func aBrowserFindsAllDrawingsAndNothingElse() throws {
    let browser = try #require(Self.browser)
    let repository = try TemporaryRepository()
    let name = "<script>document.title='owned'</script>"
    try repository.write(
      """
      plots:
      - line.csv: {x: x, y: y, title: "\(name)", x_label: "\(name)", y_label: "\(name)"}
      - smooth.csv: {template: smooth}
      - points.csv: {template: scatter, x: x}
      - bars.csv: {template: bar_horizontal, x: y, y: x}
      - table.csv: {template: confusion, x: x, y: y}
      - picture.svg

      """, to: "dver.yaml")
    for file in ["line", "smooth", "points", "bars", "table"] {
      try repository.write("x,y\n1,2\n2,\(name)\n3,4\n4,5\n5,3\n", to: "\(file).csv")
    }
    try repository.write(
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>
      document.title = 'owned'</script><rect width="9" height="9"/></svg>
      """, to: "picture.svg")
    let address = try repository.dver("plots", "show").requireSuccess().lines[0]
    let arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
      "--disable-dev-shm-usage",
      "--user-data-dir=\(repository.outside("profile"))",
    ]
    let document = try Command(
      browser, arguments + ["--dump-dom", address], environment: repository.environment,
      directory: repository.root
    ).run().requireSuccess().standardOutput
    #expect(document.contains("<title>Plots</title>"))
    #expect(document.ranges(of: "role=\"img\"").count == 5)
    #expect(document.ranges(of: "<script").isEmpty)
    #expect(document.contains("<h2>&lt;script&gt;"))
    let picture = repository.outside("page.png")
    try Command(
      browser, arguments + ["--screenshot=\(picture)", address],
      environment: repository.environment, directory: repository.root
    ).run().requireSuccess()
    #expect(try repository.read(picture).starts(with: [0x89, 0x50, 0x4e, 0x47]))
  }
}
