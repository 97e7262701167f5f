import ArgumentParser
import DverCore
import DverWorkspace

/// Which versions `gc` keeps.
struct CollectArguments: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Keep what always is, and nothing more")
  var workspace = false

  @Flag(name: .shortAndLong, help: "Keep what all branches need")
  var allBranches = false

  @Flag(name: [.customShort("T"), .long], help: "Keep what all tags need")
  var allTags = false

  @Flag(name: [.customShort("A"), .long], help: "Keep what all commits need")
  var allCommits = false

  @Flag(help: "Keep what all experiments need")
  var allExperiments = false

  @Option(
    help: ArgumentHelp("Keep what a revision needs; may be repeated", valueName: "rev"),
    completion: .revision)
  var rev: [String] = []

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Keep so many commits from --rev, or HEAD, on", valueName: "count"))
  var num: Int?

  @Option(
    help: ArgumentHelp("Keep commits since this date, such as 2026-01-31", valueName: "date"),
    transform: Self.seconds)
  var date: Int64?

  @Flag(help: "Do not keep what a remote has, byte for byte")
  var notInRemote = false

  @Option(
    name: [.customShort("p"), .long],
    help: ArgumentHelp(
      "Keep what the project in this folder needs, too; may be repeated", valueName: "folder"),
    completion: .directory)
  var projects: [String] = []

  func validate() throws {
    if let num, num < 1 { throw ValidationError("--num takes a number from 1 on") }
  }

  /// Whether no version was named.
  var isEmpty: Bool {
    !workspace && !allBranches && !allTags && !allCommits && !allExperiments && rev.isEmpty
      && num == nil && date == nil
  }

  func scope(notInRemote name: @autoclosure () throws -> String) rethrows -> CollectScope {
    var scope = CollectScope()
    scope.workspace = workspace
    scope.allBranches = allBranches
    scope.allTags = allTags
    scope.allCommits = allCommits
    scope.allExperiments = allExperiments
    scope.revisions = rev
    scope.count = num
    scope.since = date
    scope.projects = projects.map(\.pathBytes)
    if notInRemote { scope.notInRemote = try name() }
    return scope
  }

  /// The beginning of a day, or a moment, as `2026-01-31` or `2026-01-31T12:00:00`, in UTC.
  private static func seconds(_ text: String) throws -> Int64 {
    let parts = text.split(separator: "T", maxSplits: 1)
    let day = parts.first?.split(separator: "-").compactMap { Int64($0) } ?? []
    let clock =
      parts.count > 1 ? parts[1].split(separator: ":").compactMap { Int64($0) } : [0, 0, 0]
    guard day.count == 3, (1...12).contains(day[1]), (1...31).contains(day[2]), clock.count == 3,
      (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0..<61).contains(clock[2])
    else {
      throw ValidationError("--date takes a date such as 2026-01-31, not '\(text)'")
    }
    let days = Self.days(year: day[0], month: day[1], day: day[2])
    return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  /// Days since 1970 of a date of the Gregorian calendar.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    // Years that begin in March end with the leap day.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
