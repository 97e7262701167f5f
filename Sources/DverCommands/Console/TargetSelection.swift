import ArgumentParser

/// Tracked paths and stages, and what each of them stands for.
struct TargetSelection: ParsableArguments {
  @Flag(
    name: [.customShort("d"), .customLong("with-deps")],
    help: "Take what stages depend on, too")
  var withDependencies = false

  @Flag(
    name: [.customShort("R"), .long], help: "Take a folder for all tracked paths and stages below")
  var recursive = false

  @Argument(help: "Tracked paths, pointers or stages (default: all)", completion: .target)
  var targets: [String] = []

  var targetBytes: [[UInt8]] { targets.map(\.pathBytes) }
}
