import CSystem
package import DverCore
package import DverFileSystem
import DverHashing
package import DverManifest
import Glibc

/// How a run of a stage went on this machine.
///
/// A line of `RecordLine` in the stage's file of `.dver/state/runs`, which holds the last runs, the
/// oldest first: `run`, a version, and the properties in their order here, the product, if there is
/// one, before the log.
package struct RunRecord: Hashable, Sendable {
  /// What a run that succeeded made, and where: `dver.lock` does not say in which folder.
  package struct Product: Hashable, Sendable {
    /// Of the outputs' paths, as the stage has them, and contents.
    package let outputs: Digest
    /// The folder that the commands ran in.
    package let directory: RepositoryPath

    package init(_ outputs: [OutputRecord], directory: RepositoryPath) {
      self.init(outputs: Self.digest(of: outputs), directory: directory)
    }

    fileprivate init(outputs: Digest, directory: RepositoryPath) {
      self.outputs = outputs
      self.directory = directory
    }

    static func digest(of outputs: [OutputRecord]) -> Digest {
      var fields: [[UInt8]] = []
      for output in outputs.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
        fields += [output.path, Array((output.name?.description ?? "").utf8)]
      }
      let line = RecordLine.encoded(fields)
      return SHA256.digest(of: line.span)
    }
  }

  package var host: String
  /// Nanoseconds since 1970.
  package var started: Int64
  /// Of the last attempt.
  package var duration: Duration
  package var ending: CommandResult.Ending
  package var peakMemory: ByteCount
  /// How often the commands were started.
  package var attempts: Int
  /// Of the variables that the commands saw, without dver's own.
  package var environment: Digest
  /// What the commands printed; not there if that was nothing.
  package var log: AbsolutePath
  /// `nil` for a run that failed.
  package var product: Product?

  package init(
    host: String, started: Int64, duration: Duration, ending: CommandResult.Ending,
    peakMemory: ByteCount, attempts: Int = 1, environment: Digest, log: AbsolutePath
  ) {
    self.host = host
    self.started = started
    self.duration = duration
    self.ending = ending
    self.peakMemory = peakMemory
    self.attempts = attempts
    self.environment = environment
    self.log = log
  }

  /// The last runs that the file at `path` tells of, the oldest first.
  package static func runs(at path: AbsolutePath) throws -> [RunRecord] {
    runs(in: try FileSystem.contents(of: path, limit: RunClaim.mostBytes) ?? [])
  }

  /// The folder in which the commands made what `lock` records, by the runs that the file at `runs` tells
  /// of; `nil` where that is the folder `now` too, or nothing on this machine tells.
  package static func earlierDirectory(
    of lock: StageLock, now: RepositoryPath, runs path: AbsolutePath
  ) throws -> RepositoryPath? {
    let outputs = Product.digest(of: lock.outputs)
    let directories = try runs(at: path).compactMap(\.product)
      .filter { $0.outputs == outputs }.map(\.directory)
    return directories.contains(now) ? nil : directories.last
  }

  static func runs(in bytes: [UInt8]) -> [RunRecord] {
    var runs = RecordLine.records(in: bytes).compactMap(RunRecord.init)
    // A rewriting that was cut leaves lines twice.
    runs.sort { $0.started < $1.started }
    var unique: [RunRecord] = []
    for run in runs where run.started != unique.last?.started { unique.append(run) }
    return unique
  }

  private static let tag = ["run", "1"]

  private init?(_ fields: [[UInt8]]) {
    let texts = fields.map { String(decoding: $0, as: UTF8.self) }
    guard [8, 10].contains(texts.count - Self.tag.count), texts.starts(with: Self.tag) else {
      return nil
    }
    let values = Array(texts.dropFirst(Self.tag.count))
    guard let started = Int64(values[1]), let duration = Int64(values[2]),
      let ending = Self.ending(values[3]), let memory = Int64(values[4]),
      let attempts = Int(values[5]), let environment = Digest(hex: values[6]),
      let log = fields.last, log.first == RepositoryPath.slash
    else { return nil }
    self.init(
      host: values[0], started: started, duration: .nanoseconds(duration), ending: ending,
      peakMemory: ByteCount(memory), attempts: attempts, environment: environment,
      log: AbsolutePath(normalized: log))
    guard values.count == 10 else { return }
    guard let outputs = Digest(hex: values[7]) else { return nil }
    product = Product(
      outputs: outputs, directory: RepositoryPath(normalized: fields[Self.tag.count + 8]))
  }

  /// The record's line.
  var bytes: [UInt8] {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    let values = [
      host, "\(started)", "\(nanoseconds)", Self.text(of: ending), "\(peakMemory.value)",
      "\(attempts)", environment.hex,
    ]
    var fields = (Self.tag + values).map { Array($0.utf8) }
    if let product { fields += [Array(product.outputs.hex.utf8), product.directory.bytes] }
    return RecordLine.encoded(fields + [log.bytes])
  }

  private static func text(of ending: CommandResult.Ending) -> String {
    switch ending {
    case .exited(let status): "exited:\(status)"
    case .killed(let signal): "killed:\(signal)"
    case .cancelled: "cancelled"
    case .timedOut: "timeout"
    }
  }

  private static func ending(_ text: String) -> CommandResult.Ending? {
    if text == "cancelled" { return .cancelled }
    if text == "timeout" { return .timedOut }
    let parts = text.split(separator: ":")
    guard parts.count == 2, let number = Int32(parts[1]) else { return nil }
    switch parts[0] {
    case "exited": return .exited(number)
    case "killed": return .killed(signal: number)
    default: return nil
    }
  }

  /// The digest of variables, `NAME=value` each, whatever their order.
  static func digest(ofEnvironment variables: [[UInt8]]) -> Digest {
    var text: [UInt8] = []
    for variable in variables.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      text += variable
      text.append(0)
    }
    return SHA256.digest(of: text.span)
  }

  /// Nanoseconds since 1970.
  static func now() -> Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
