import ArgumentParser
import DverCore
import DverWorkspace

/// The options that `push`, `fetch` and `pull` share.
struct TransferArguments: ParsableArguments {
  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "The remote (default: the configured one)", completion: .remote)
  var remote: String?

  @OptionGroup var scope: TransferScope
  @OptionGroup var selection: TargetSelection

  @Flag(inversion: .prefixedNo, help: "Take the entries of the run cache along")
  var runCache = false

  @Flag(help: "Do not fail for content that is nowhere to be found")
  var allowMissing = false

  var options: TransferOptions {
    var options = scope.options(remote: remote, selection: selection)
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
