import TestSupport

/// All pages of the manual.
struct Manual {
  let pages: [String: Page]

  init() throws {
    let folder = BuiltProducts.packageRoot + "/man"
    let listing = try Command("/bin/ls", [folder], directory: "/").run().requireSuccess()
    var pages: [String: Page] = [:]
    for name in listing.lines {
      let text = try Command("/bin/cat", ["\(folder)/\(name)"], directory: "/").run()
      pages[name] = Page(try text.requireSuccess().standardOutput)
    }
    self.pages = pages
  }

  /// A subcommand has a page of its own, or a part of its parent's.
  func pageName(of command: CommandEntry) -> String? {
    let words = command.name.split(separator: " ")
    return ["dver-\(words.joined(separator: "-")).1", "dver-\(words[0]).1"].first {
      pages[$0] != nil
    }
  }

  func page(of command: CommandEntry) -> Page? { pageName(of: command).flatMap { pages[$0] } }
}

/// A page of the manual, with plain hyphens and without quotes around arguments of macros.
struct Page {
  let lines: [String]

  init(_ text: String) {
    let plain = text.replacing("\\-", with: "-").replacing("\\(aq", with: "'")
    lines = plain.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private init(lines: [String]) { self.lines = lines }

  func section(_ title: String) -> Page {
    let rest = lines.drop { $0 != ".SH \(title)" }.dropFirst()
    return Page(lines: Array(rest.prefix { !$0.hasPrefix(".SH ") }))
  }

  var options: Set<String> { Set(lines.flatMap { Self.options(in: $0) }) }

  /// Pages that `.BR name (section)` refers to, those of dver only.
  var references: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 3, words[0] == ".BR", words[1].hasPrefix("dver"),
        words[2].hasPrefix("(1)") || words[2].hasPrefix("(5)")
      else { return nil }
      return "\(words[1]).\(words[2].dropFirst().prefix(1))"
    }
  }

  /// Such as `-n` and `--name`; a hyphen inside of a word begins none.
  static func options(in line: String) -> [String] {
    // Changes of the font are no part of a name.
    var text = line
    for font in ["\\fB", "\\fI", "\\fR", "\\fP"] { text = text.replacing(font, with: " ") }
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "/" || $0 == ".") }
    return words.compactMap { word in
      let name = word.drop { $0 == "-" }
      let dashes = word.count - name.count
      guard dashes == 1 || dashes == 2, let first = name.first, first.isLetter else { return nil }
      // `-j4` and `-Tsvg`: one letter with a value behind it.
      return dashes == 1 ? "-\(first)" : "--\(name.prefix { $0.isLetter || $0 == "-" })"
    }
  }
}
