/// A stage as its file defines it, after templates are filled in.
///
/// Paths are as written: relative to `workingDirectory`, which is relative to the folder of the
/// file.
package struct Stage: Sendable {
  /// `name`, or `name@key` for a member of a group.
  package var name: String
  /// The items of `cmd`, or its text as the only one; empty for a built-in stage.
  package var commands: [String]
  /// Whether `cmd` was written as a list, which the lock repeats.
  package var commandIsList: Bool
  /// `wdir` as written; ``PathText`` has its bytes.
  package var workingDirectory: String?
  /// Paths the stage reads.
  package var dependencies: [[UInt8]]
  package var parameters: [ParameterSelection]
  package var outputs: [StageOutput]
  package var isFrozen: Bool
  package var alwaysRuns: Bool
  package var summary: String?
  /// `meta` as written.
  package var meta: ParameterValue?
  /// `env`: variables of the command beside those of dver's own environment.
  package var environment: [EnvironmentVariable] = []
  package var resources = StageResources()
  /// Names of which no two running stages may have the same.
  package var mutexes: [String] = []
  /// How long the command may take.
  package var timeout: Duration?
  package var retry: StageRetry?
  /// The values of parameter files that filled in the stage's templates.
  package var trackedValues = TrackedValues()
  /// Where the stage's definition begins in its file, from 1.
  package var line: Int

  package init(
    name: String, commands: [String] = [], commandIsList: Bool = false,
    workingDirectory: String? = nil, dependencies: [[UInt8]] = [],
    parameters: [ParameterSelection] = [], outputs: [StageOutput] = [], isFrozen: Bool = false,
    alwaysRuns: Bool = false, summary: String? = nil, meta: ParameterValue? = nil, line: Int = 0
  ) {
    self.name = name
    self.commands = commands
    self.commandIsList = commandIsList
    self.workingDirectory = workingDirectory
    self.dependencies = dependencies
    self.parameters = parameters
    self.outputs = outputs
    self.isFrozen = isFrozen
    self.alwaysRuns = alwaysRuns
    self.summary = summary
    self.meta = meta
    self.line = line
  }
}

extension Stage {
  /// What shells are given one after the other: the items of a list as they are, of a text each line
  /// that is not blank, as DVC has it.
  package var shellCommands: [String] {
    if commandIsList || commands.allSatisfy(\.isPlainLine) { return commands }
    return commands.flatMap { command in
      // A carriage return with its line feed is one character.
      command.split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        .filter { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
  }
}

extension String {
  /// Whether the text is one line that is not blank, as far as a look at its bytes tells.
  fileprivate var isPlainLine: Bool {
    guard let first = utf8.first, first > UInt8(ascii: " "), first < 0x7f else { return false }
    return !utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
  }
}

/// The parameters that a stage takes from one file.
package struct ParameterSelection: Hashable, Sendable {
  /// As written, relative to the stage's `wdir`; ``PathText`` has its bytes.
  package var file: String
  /// Dotted keys; empty for the whole file.
  package var keys: [String]

  package init(file: String, keys: [String]) {
    self.file = file
    self.keys = keys
  }
}

/// What a stage writes.
package struct StageOutput: Hashable, Sendable {
  package enum Kind: Sendable {
    case data
    case metric
    case plot
  }

  /// As written, relative to the stage's `wdir`.
  package var path: [UInt8]
  package var kind: Kind
  /// Whether the content goes to the cache, or is left to git.
  package var isCached: Bool
  /// Whether the present output stays in place while the command runs.
  package var persists: Bool
  /// Whether `push` takes it along.
  package var isPushed: Bool
  /// The remote it belongs to, if not the default one.
  package var remote: String?
  package var annotations: OutputAnnotations
  /// How a plot is drawn: a map of properties for each way.
  package var drawings: [ParameterValue]

  package init(
    path: [UInt8], kind: Kind = .data, isCached: Bool = true, persists: Bool = false,
    isPushed: Bool = true, remote: String? = nil, annotations: OutputAnnotations = .init(),
    drawings: [ParameterValue] = []
  ) {
    self.path = path
    self.kind = kind
    self.isCached = isCached
    self.persists = persists
    self.isPushed = isPushed
    self.remote = remote
    self.annotations = annotations
    self.drawings = drawings
  }
}
