import ArgumentParser

/// `dver metrics`: numbers that stages write.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Show and compare metrics",
    subcommands: [MetricsDiffCommand.self, MetricsShowCommand.self])
}
