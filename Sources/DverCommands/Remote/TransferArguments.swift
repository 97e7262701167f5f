import ArgumentParser
import DverCore
import DverWorkspace

/// The options that `push`, `fetch` and `pull` share.
struct TransferArguments: ParsableArguments {
  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "The remote (default: the configured one)", completion: .remote)
  var remote: String?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], help: "How many objects to copy at once"
  )
  var jobs: Int?

  @Flag(name: .shortAndLong, help: "Take what all branches track, too")
  var allBranches = false

  @Flag(name: [.customShort("T"), .long], help: "Take what all tags track, too")
  var allTags = false

  @Flag(name: [.customShort("A"), .long], help: "Take what all commits track, too")
  var allCommits = false

  @Flag(name: [.customShort("R"), .long], help: "Take all tracked paths below a folder")
  var recursive = false

  @Flag(
    name: [.customShort("d"), .customLong("with-deps")],
    help: "Take all that stages read, too")
  var withDependencies = false

  @Flag(inversion: .prefixedNo, help: "Take the entries of the run cache along")
  var runCache = false

  @Flag(help: "Do not fail for content that is nowhere to be found")
  var allowMissing = false

  @Argument(help: "Tracked paths, pointers or stages (default: all)", completion: .target)
  var targets: [String] = []

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1 on") }
  }

  var targetBytes: [[UInt8]] { targets.map(\.pathBytes) }

  var options: TransferOptions {
    var options = TransferOptions()
    options.remote = remote
    options.jobs = jobs
    options.allBranches = allBranches
    options.allTags = allTags
    options.allCommits = allCommits
    options.recursive = recursive
    options.withDependencies = withDependencies
    options.runCache = runCache
    options.allowMissing = allowMissing
    return options
  }
}

/// What a transfer prints.
struct TransferReport {
  /// Such as `Pushed`.
  let verb: String
  /// `to` or `from`.
  let preposition: String
  let summaries: [TransferSummary]

  func print(on console: Console) {
    if console.printsJSON { return console.print(json: json) }
    for summary in summaries {
      let count = summary.objectCount
      console.status(
        "\(verb) \(count) object\(count == 1 ? "" : "s") \(preposition) \(summary.remote).")
    }
  }

  var json: JSONValue {
    .array(
      summaries.map { summary in
        [
          "remote": .string(summary.remote), "objects": .integer(Int64(summary.objectCount)),
          "bytes": .integer(summary.byteCount),
          "missing": .array(summary.missing.map { .path($0) }),
          "damaged": .array(summary.damaged.map { .path($0) }),
        ]
      })
  }
}
