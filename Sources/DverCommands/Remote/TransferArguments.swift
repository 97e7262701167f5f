import ArgumentParser
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
