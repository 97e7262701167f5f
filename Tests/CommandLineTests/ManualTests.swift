import TestSupport
import Testing

/// Holds the manual against the options that the program really has.
@Suite struct ManualTests {
  private let manual: Manual
  private let commands: [CommandEntry]

  init() throws {
    manual = try Manual()
    commands = try CommandEntry.all()
  }

  @Test func everyCommandHasAPage() {
    #expect(commands.count > 20)
    for command in commands {
      #expect(manual.page(of: command) != nil, "no page for 'dver \(command.name)'")
    }
  }

  @Test func everyPageBelongsToACommand() {
    var known = Set(commands.compactMap { manual.pageName(of: $0) })
    known.insert("dver.1")
    for name in manual.pages.keys where name.hasSuffix(".1") {
      #expect(known.contains(name), "\(name) is about no command")
    }
  }

  @Test func pagesNameAllOptionsOfTheirCommand() throws {
    for command in commands {
      let page = try #require(manual.page(of: command))
      for option in command.options.subtracting(GlobalOptions.names) {
        #expect(
          page.section("OPTIONS").options.contains(option),
          "\(command.name): its page lacks \(option)")
      }
    }
  }

  @Test func pagesNameNoOptionThatIsNotThere() throws {
    var known: [String: Set<String>] = [:]
    for command in commands {
      let name = try #require(manual.pageName(of: command))
      known[name, default: GlobalOptions.names].formUnion(command.options)
    }
    for (name, options) in known {
      let page = try #require(manual.pages[name])
      let unknown = page.section("SYNOPSIS").options.union(page.section("OPTIONS").options)
        .subtracting(options)
      #expect(unknown.isEmpty, "\(name) names \(unknown.sorted())")
    }
  }

  @Test func theOverviewListsAllCommands() throws {
    let overview = try #require(manual.pages["dver.1"]).section("COMMANDS")
    let listed = Set(
      overview.lines.filter { $0.hasPrefix(".B ") }.flatMap {
        $0.dropFirst(3).split(separator: ",").map { $0.trimmed }
      })
    let expected = Set(commands.flatMap { [$0.name] + $0.aliases }).union(["help"])
    #expect(listed == expected.union(["dver \\fICOMMAND\\fP --help"]))
  }

  @Test func crossReferencesLead() {
    for (name, page) in manual.pages {
      for reference in page.references {
        #expect(manual.pages[reference] != nil, "\(name) refers to \(reference)")
      }
    }
  }

  @Test func examplesUseWhatIsThere() {
    for command in commands {
      for line in command.discussion.split(separator: "\n") where line.hasPrefix("  ") {
        expectValid(line, in: "the help of '\(command.name)'")
      }
    }
    for (name, page) in manual.pages {
      for line in page.section("EXAMPLES").lines { expectValid(line[...], in: name) }
    }
  }

  @Test func commandsExplainThemselves() {
    for command in commands {
      #expect(command.abstract.first?.isUppercase == true, "\(command.name)")
      #expect(!command.abstract.hasSuffix("."), "\(command.name)")
      #expect(
        command.discussion.contains("Examples:\n  "), "'\(command.name)' has no examples")
      for help in command.optionHelp {
        #expect(help.first?.isUppercase == true || help.hasPrefix("["), "\(command.name): \(help)")
        #expect(!help.hasSuffix("."), "\(command.name): \(help)")
      }
    }
  }

  @Test func proseOfHelpIsLeftToTheTerminalToWrap() {
    for command in commands {
      let prose = command.discussion.split(
        separator: "Examples:\n", maxSplits: 1, omittingEmptySubsequences: false)
      for paragraph in prose.first?.split(separator: "\n\n") ?? [] {
        #expect(!paragraph.trimmed.contains("\n"), "\(command.name): \(paragraph)")
      }
    }
  }

  /// Every `dver …` of a line names a command, and options that the command has.
  private func expectValid(_ line: Substring, in place: String) {
    for words in ExampleLine.calls(in: line) {
      guard words.first?.hasPrefix("-") == false else { continue }
      let found = commands.filter { $0.isCalled(by: words) }.max { $0.name.count < $1.name.count }
      guard let command = found else {
        Issue.record("\(place): no command in '\(line)'")
        continue
      }
      let allowed = command.options.union(GlobalOptions.names)
      for option in words.flatMap({ Page.options(in: $0) }) {
        #expect(allowed.contains(option), "\(place): '\(line)'")
      }
    }
  }
}
