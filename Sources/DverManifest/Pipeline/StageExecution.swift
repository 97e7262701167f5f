package import DverCore

/// A variable that a stage sets for its command.
package struct EnvironmentVariable: Hashable, Sendable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What a stage takes up while it runs.
package struct StageResources: Hashable, Sendable {
  /// A resource of the user's own, such as a licence.
  package struct Other: Hashable, Sendable {
    package var name: String
    package var count: Int64

    package init(name: String, count: Int64) {
      self.name = name
      self.count = count
    }
  }

  /// Cores; may be a fraction. `nil` where the stage does not say.
  package var cpus: Double?
  package var memory: ByteCount?
  package var gpus: Int64?
  /// Sorted by name.
  package var others: [Other] = []

  package init() {}
}

/// How often, and after how long, a command that failed runs again.
package struct StageRetry: Hashable, Sendable {
  package var times: Int64
  package var delay: Duration

  package init(times: Int64, delay: Duration = .zero) {
    self.times = times
    self.delay = delay
  }
}
