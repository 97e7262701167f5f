import DverIgnore
import Testing

@Suite struct WildcardPatternTests {
  @Test(arguments: [
    ("data.csv", "data.csv"), ("*.csv", "a.csv"), ("*.csv", ".csv"), ("data/*", "data/a"),
    ("data/*.csv", "data/a.b.csv"), ("**/a", "a"), ("**/a", "x/y/a"), ("x/**", "x/y/z"),
    ("x/**/z", "x/z"), ("x/**/z", "x/a/b/z"), ("**", "x/y"), ("a?c", "abc"), ("[a-c]x", "bx"),
    ("[!a-c]x", "dx"), ("[^a]x", "bx"), ("[]a]x", "]x"), ("[]-a]x", "^x"), ("[a-]x", "-x"),
    ("[[:digit:][:upper:]]", "7"), ("[[:digit:][:upper:]]", "Q"), ("[[:x]y", "[y"),
    ("[\\]]", "]"), ("\\*", "*"), ("a**b", "axxb"), ("*a*b*c", "xaybzabc"), ("x***y", "xy"),
    ("**/*a/**/*b", "1/2a/3a/4/5b"), ("**/a/**/b", "a/c/a/d/b"), ("", ""),
  ])
  func matches(pattern: String, path: String) throws {
    #expect(try #require(WildcardPattern(pattern)).matches(Array(path.utf8)))
  }

  @Test(arguments: [
    ("*.csv", "a.csv.gz"), ("*.csv", "x/a.csv"), ("data/*", "data/a/b"), ("data/*", "data"),
    ("**/a", "x/ba"), ("x/**", "x"), ("x/**/z", "xz"), ("a?c", "a/c"), ("a[/]c", "a/c"),
    ("a[!b]c", "a/c"), ("[a-c]x", "dx"), ("[c-a]x", "bx"), ("a**b", "a/b"), ("x/**y", "x/z/y"),
    ("\\*", "x"), ("[[:alpha:]]", "7"), ("[[:space:]]", "\u{b}"), ("", "a"), ("a", ""),
    ("?", "é"),
  ])
  func matchesNot(pattern: String, path: String) throws {
    #expect(try !#require(WildcardPattern(pattern)).matches(Array(path.utf8)))
  }

  @Test(arguments: ["[", "[a", "[]", "a\\", "[[:none:]]", "[[::]]", "[a-\\", "[\\", "[!"])
  func refusesWhatCannotMatch(pattern: String) {
    #expect(WildcardPattern(pattern) == nil)
  }

  @Test func matchesBytesThatAreNotText() throws {
    let pattern = try #require(WildcardPattern([0x5b, 0xf0, 0x2d, 0xff, 0x5d, 0x3f] as [UInt8]))
    #expect(pattern.matches([0xfe, 0x80]))
    #expect(!pattern.matches([0xef, 0x80]))
  }

  /// Tried naively, each of these would take longer than the universe is old.
  @Test(arguments: ["*a", "**/*a", "*?a", "[a]*", "a**"])
  func staysQuickOnHostilePatterns(unit: String) throws {
    let pattern = String(repeating: unit, count: 200) + "b"
    let path = Array(repeating: UInt8(ascii: "a"), count: 4000)
    #expect(try !#require(WildcardPattern(pattern)).matches(path))
    let folders = Array(String(repeating: "a/", count: 2000).utf8)
    let deep = String(repeating: "**/" + unit + "/", count: 200) + "b"
    #expect(try !#require(WildcardPattern(deep)).matches(folders))
  }

  @Test(arguments: [
    ("data/*.csv", "data"), ("data/raw/x.csv", "data/raw"), ("*.csv", ""), ("a/b?/c", "a"),
    ("**/x", ""),
  ])
  func knowsItsFixedFolder(pattern: String, folder: String) throws {
    #expect(try #require(WildcardPattern(pattern)).fixedFolder.elementsEqual(folder.utf8))
  }

  @Test func knowsWhetherItIsLiteral() throws {
    #expect(try !#require(WildcardPattern("data/a.csv")).hasWildcards)
    #expect(try #require(WildcardPattern("data/[a].csv")).hasWildcards)
  }
}
