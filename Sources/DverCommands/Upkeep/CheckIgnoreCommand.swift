import ArgumentParser
import DverCore
import DverWorkspace

/// `dver check-ignore`: what .dverignore says of paths.
struct CheckIgnoreCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-ignore",
    abstract: "Show whether paths are ignored, and by which rule",
    discussion: """
      Exits with 0 if a path is ignored (with -d: if a rule matches one), else with 1.

      Examples:
        dver check-ignore data/tmp.log
        dver check-ignore -d -a data/tmp.log
        find data | dver check-ignore --stdin
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: .shortAndLong, help: "Show FILE:LINE:PATTERN of the rule that decides")
  var details = false

  @Flag(name: .shortAndLong, help: "With -d: show every rule that matches")
  var all = false

  @Flag(name: [.customShort("n"), .long], help: "With -d: show paths that no rule matches too")
  var nonMatching = false

  @Flag(name: .customLong("stdin"), help: "Read paths from standard input, one a line")
  var readsInput = false

  @Argument(help: "Paths, which need not exist", completion: .file())
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if nonMatching, !details { throw ValidationError("-n is for use with -d") }
    if all, !details { throw ValidationError("-a is for use with -d") }
    if details, global.quiet { throw ValidationError("-d and -q exclude each other") }
    if readsInput, !targets.isEmpty {
      throw ValidationError("--stdin takes no paths on the command line")
    }
    if !readsInput, targets.isEmpty { throw ValidationError("name a path, or use --stdin") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    var hasMatch = false
    if readsInput, !console.printsJSON {
      // Whoever asks line by line waits for each answer.
      try StandardInput.forEachLine(
        { line in
          for check in try workspace.checkIgnore([line]) {
            answer(check, on: console)
            hasMatch = hasMatch || isMatch(check)
          }
        }, onPause: { console.flush() })
    } else {
      let paths = try readsInput ? StandardInput.lines() : targets.map(\.pathBytes)
      let checks = try workspace.checkIgnore(paths)
      if console.printsJSON {
        console.print(json: .array(checks.map(Self.document)))
      } else {
        for check in checks { answer(check, on: console) }
      }
      hasMatch = checks.contains(where: isMatch)
    }
    if !hasMatch { throw ExitRequest(status: .changed) }
  }

  private func isMatch(_ check: IgnoreCheck) -> Bool {
    details ? !check.rules.isEmpty : check.isIgnored
  }

  private func answer(_ check: IgnoreCheck, on console: Console) {
    if !global.quiet { print(check, on: console) }
  }

  private func print(_ check: IgnoreCheck, on console: Console) {
    guard details else {
      if check.isIgnored { console.write(check.path + [Self.lineEnd]) }
      return
    }
    for rule in all ? check.rules[...] : check.rules.suffix(1) {
      console.write(rule + [Self.tab] + check.path + [Self.lineEnd])
    }
    if check.rules.isEmpty, nonMatching {
      console.write(Array("::".utf8) + [Self.tab] + check.path + [Self.lineEnd])
    }
  }

  private static func document(_ check: IgnoreCheck) -> JSONValue {
    [
      "path": .path(check.path), "ignored": .bool(check.isIgnored),
      "rules": .array(check.rules.map { .path($0) }),
    ]
  }

  private static let tab = UInt8(ascii: "\t")
  private static let lineEnd = UInt8(ascii: "\n")
}
