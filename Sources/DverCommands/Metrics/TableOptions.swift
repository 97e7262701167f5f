import ArgumentParser
import DverWorkspace

/// `-a`, `-T` and `-A`: which revisions are shown beside the workspace.
struct VersionScopeOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Show all branches")
  var allBranches = false

  @Flag(name: [.customShort("T"), .long], help: "Show all tags")
  var allTags = false

  @Flag(name: [.customShort("A"), .long], help: "Show all commits")
  var allCommits = false

  var scope: VersionScope {
    var scope = VersionScope()
    scope.allBranches = allBranches
    scope.allTags = allTags
    scope.allCommits = allCommits
    return scope
  }
}

/// The two versions of a comparison.
struct RevisionArguments: ParsableArguments {
  @Argument(help: "The revision to compare from (default: HEAD)", completion: .revision)
  var old: String?

  @Argument(help: "The revision to compare with (default: the workspace)", completion: .revision)
  var new: String?

  /// What the columns of a table are called.
  var names: [String] { [old ?? "HEAD", new ?? "workspace"] }
}

/// What `metrics diff` and `params diff` have in common.
struct ComparisonArguments: ParsableArguments {
  @OptionGroup var revisions: RevisionArguments

  @Option(
    parsing: .upToNextOption,
    help: "Files, or folders of them, to compare in place of those of the pipelines",
    completion: .trackedPath)
  var targets: [String] = []

  @Flag(help: "List values that did not change too")
  var all = false

  @Flag(name: .customLong("md"), help: "Print a Markdown table")
  var markdown = false

  @Flag(help: "Leave the names of the files out")
  var noPath = false

  var options: ComparisonOptions {
    var options = ComparisonOptions()
    (options.old, options.new) = (revisions.old, revisions.new)
    options.targets = targets.map(\.pathBytes)
    options.includesUnchanged = all
    return options
  }

  /// Two revisions can be compared without a work tree.
  var bareAccess: BareAccess { .allowed(revision: revisions.new ?? revisions.old) }

  /// - Parameters:
  ///   - kind: What the values are, for messages.
  ///   - view: The table to print where JSON is not asked for.
  func print(
    _ difference: ValueDifference, of kind: String, as view: DifferenceTable,
    in workspace: Workspace, on console: Console
  ) {
    console.warn(aboutUnread: difference.problematicVersions, of: kind)
    if console.printsJSON {
      return console.print(json: difference.json { workspace.jsonKey($0) })
    }
    // Where a page is made of it, the heading says that there was a comparison.
    console.print(
      view.table(difference) { workspace.shown($0) }, asMarkdown: markdown, showsEmpty: markdown)
  }
}

/// `--precision` of tables.
struct PrecisionOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Round to so many digits behind the point (default: 5)", valueName: "n"))
  var precision: Int?

  func validate() throws {
    if let precision, precision < 0 { throw ValidationError("--precision must not be negative") }
  }

  /// 0 is as good as nothing, as in DVC.
  var digits: Int { precision.flatMap { $0 == 0 ? nil : $0 } ?? NumberText.standardPrecision }
}
