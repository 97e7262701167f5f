import CSystem
import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverParallel
import DverPipeline

extension Workspace {
  /// How much there is of what stages share: what the configuration says, else what the machine has.
  ///
  /// - Parameter jobs: How many stages run at once; whoever asks for more than there are processors
  ///   means it.
  func capacity(jobs: Int) throws -> Capacity {
    let layers = try configuration().layers
    func value<Value>(
      _ option: String, _ expected: String, _ read: (String) -> Value?
    ) throws -> Value? {
      guard let text = try layers.string("resources.\(option)") else { return nil }
      guard let value = read(text) else {
        throw WorkspaceError.badValue(
          option: "resources.\(option)", value: text, expected: expected)
      }
      return value
    }
    let cpus = try value("cpus", ResourceOption.cpus.expected, ResourceOption.number)
    let memory = try value("memory", ResourceOption.memory.expected, ResourceOption.byteCount)
    let gpus = try value("gpus", ResourceOption.count.expected, ResourceOption.count)
    return Capacity(
      cpus: cpus ?? Double(max(processorCount, jobs)),
      memory: ByteCount(memory ?? dver_physical_memory()), gpus: try gpus ?? Self.gpuCount(),
      others: { name in
        (try? layers.string("resources.\(name)")).flatMap(\.self).flatMap(ResourceOption.count)
      })
  }

  /// The GPUs that programs are told to use, else those that there are.
  private static func gpuCount() throws -> Int64 {
    if let visible = ConfigurationFiles.environment("CUDA_VISIBLE_DEVICES") {
      return Int64(visible.split(separator: ",").prefix { !$0.hasPrefix("-") }.count)
    }
    let devices = AbsolutePath(normalized: Array("/dev".utf8))
    let prefix = Array("nvidia".utf8)
    return Int64(
      try FileSystem.names(in: devices)?.count { name in
        name.starts(with: prefix) && name.count > prefix.count
          && name.dropFirst(prefix.count).allSatisfy { (0x30...0x39).contains($0) }
      } ?? 0)
  }
}

/// What options of `resources` take.
enum ResourceOption {
  case cpus, memory, count

  init(_ name: some StringProtocol) {
    switch name {
    case "cpus": self = .cpus
    case "memory": self = .memory
    default: self = .count
    }
  }

  var expected: String {
    switch self {
    case .cpus: "a number above 0"
    case .memory: "bytes such as 512 MiB or 8G"
    case .count: "a whole number"
    }
  }

  func accepts(_ text: String) -> Bool {
    switch self {
    case .cpus: Self.number(text) != nil
    case .memory: Self.byteCount(text) != nil
    case .count: Self.count(text) != nil
    }
  }

  static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }

  static func byteCount(_ text: String) -> Int64? { Quantity.byteCount(text) }

  static func count(_ text: String) -> Int64? { Int64(text).flatMap { $0 >= 0 ? $0 : nil } }
}
