import ArgumentParser
import DverWorkspace

/// Which versions count beside the workspace where data is moved or compared, and how fast that is.
struct TransferScope: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Take what all branches track, too")
  var allBranches = false

  @Flag(name: [.customShort("T"), .long], help: "Take what all tags track, too")
  var allTags = false

  @Flag(name: [.customShort("A"), .long], help: "Take what all commits track, too")
  var allCommits = false

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "How many objects to work on at once")
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1 on") }
  }

  /// Whether none of the options was given.
  var isDefault: Bool { !allBranches && !allTags && !allCommits && jobs == nil }

  func options(remote: String?, selection: TargetSelection) -> TransferOptions {
    var options = TransferOptions()
    options.remote = remote
    options.jobs = jobs
    options.allBranches = allBranches
    options.allTags = allTags
    options.allCommits = allCommits
    options.recursive = selection.recursive
    options.withDependencies = selection.withDependencies
    return options
  }
}
