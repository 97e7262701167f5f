package import DverCore

/// What a stage read and wrote when it last succeeded: its entry in `dver.lock`.
package struct StageLock: Hashable, Sendable {
  package var commands: [String]
  /// Whether `cmd` is a list.
  package var commandIsList: Bool
  /// The variables that the stage set for its command, sorted by name.
  package var environment: [EnvironmentVariable] = []
  /// Sorted by path.
  package var dependencies: [OutputRecord]
  /// Sorted by file name; a file's keys are sorted too.
  package var parameters: [ParameterFile]
  /// Sorted by path.
  package var outputs: [OutputRecord]

  /// The recorded values of one parameter file.
  package struct ParameterFile: Hashable, Sendable {
    package var file: String
    package var values: [Value]

    package init(file: String, values: [Value]) {
      self.file = file
      self.values = values
    }
  }

  package struct Value: Hashable, Sendable {
    package var key: String
    package var value: ParameterValue

    package init(key: String, value: ParameterValue) {
      self.key = key
      self.value = value
    }
  }

  package init(
    commands: [String], commandIsList: Bool = false, environment: [EnvironmentVariable] = [],
    dependencies: [OutputRecord] = [], parameters: [ParameterFile] = [],
    outputs: [OutputRecord] = []
  ) {
    self.commands = commands
    self.environment = environment
    self.commandIsList = commandIsList
    self.dependencies = dependencies
    self.parameters = parameters
    self.outputs = outputs
  }
}

/// A value of a parameter file, with the type it has there.
package indirect enum ParameterValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case largeInteger(LargeInteger)
  case double(Double)
  case string(String)
  case list([ParameterValue])
  /// Members in file order.
  case map([Member])

  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: ParameterValue

    package init(key: String, value: ParameterValue) {
      self.key = key
      self.value = value
    }
  }
}
