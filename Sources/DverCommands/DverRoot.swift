import ArgumentParser

/// `dver`: all commands.
struct DverRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dver",
    abstract: "Git for data, and a build system for pipelines",
    discussion: """
      Tracked data lies in a cache of objects named by their SHA-256; git tracks small pointer \
      files and manifests. 'man dver' says more, 'dver COMMAND --help' lists a command's options.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Start",
        subcommands: [InitCommand.self]),
      CommandGroup(
        name: "Data",
        subcommands: [
          AddCommand.self, CatCommand.self, CheckoutCommand.self, CommitCommand.self,
          DataCommand.self, DiffCommand.self, DiskUsageCommand.self, ListCommand.self,
          MoveCommand.self, RemoveCommand.self, RepairCommand.self, ResolveCommand.self,
          StatusCommand.self, UnprotectCommand.self, VerifyCommand.self,
        ]),
      CommandGroup(
        name: "Sharing",
        subcommands: [
          FetchCommand.self, PullCommand.self, PushCommand.self, RemoteCommand.self,
        ]),
      CommandGroup(
        name: "Pipelines",
        subcommands: [
          DagCommand.self, FreezeCommand.self, LineageCommand.self, LogCommand.self,
          ReproCommand.self, StageCommand.self, UnfreezeCommand.self,
        ]),
      CommandGroup(
        name: "Results",
        subcommands: [
          MetricsCommand.self, ParamsCommand.self, PlotsCommand.self, ReportCommand.self,
        ]),
      CommandGroup(
        name: "Upkeep",
        subcommands: [
          CacheCommand.self, CheckIgnoreCommand.self, CompletionCommand.self, ConfigCommand.self,
          DestroyCommand.self, DoctorCommand.self, CollectCommand.self, GitHookCommand.self,
          InstallCommand.self, MigrateCommand.self, OperationCommand.self, RootCommand.self,
          UndoCommand.self, VersionCommand.self,
        ]),
    ])
}

/// The version of this build.
enum Version {
  static let text = "0.1.0"
}
