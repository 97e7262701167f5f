import ArgumentParser

/// `dver`: all commands.
struct DverRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dver",
    abstract: "Git for data, and a build system for machine learning pipelines",
    discussion: """
      Tracked data lies in a cache of objects named by their SHA-256; git tracks small pointer files
      and manifests. See 'man dver', or 'dver COMMAND --help' for a command.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Start",
        subcommands: [InitCommand.self]),
      CommandGroup(
        name: "Data",
        subcommands: [
          AddCommand.self, CheckoutCommand.self, StatusCommand.self, VerifyCommand.self,
        ]),
      CommandGroup(
        name: "Sharing",
        subcommands: [
          PushCommand.self, PullCommand.self, FetchCommand.self, RemoteCommand.self,
        ]),
      CommandGroup(
        name: "Settings",
        subcommands: [ConfigCommand.self, CacheCommand.self]),
    ])
}

/// The version of this build.
enum Version {
  static let text = "0.1.0"
}
