import DverCore
import DverManifest

/// A stage lock as a list of fields.
///
/// `1` (the version), whether the command is a list, then commands, dependencies, parameter files
/// and outputs, each list behind its count. A record is path, name, size, file count, executable;
/// what is not recorded is empty. A parameter file is its name and its values, a value its key and
/// a tag with what belongs to it: `n`, `t`, `f`, `i` and a number, `d` and the bits of a double,
/// `s` and text, `l` or `m` and a count with that many values, or keys and values, behind it. At the
/// end, if there are any, the variables of the environment: a list of names and values.
struct StageLockWriter {
  private(set) var fields: [[UInt8]] = []

  static let version = "1"

  mutating func append(_ lock: StageLock) {
    append(Self.version)
    append(lock.commandIsList ? "1" : "0")
    appendList(lock.commands) { $0.append($1) }
    appendList(lock.dependencies) { $0.append($1) }
    appendList(lock.parameters) { writer, file in
      writer.append(file.file)
      writer.appendList(file.values) { writer, value in
        writer.append(value.key)
        writer.append(value.value)
      }
    }
    appendList(lock.outputs) { $0.append($1) }
    guard !lock.environment.isEmpty else { return }
    appendList(lock.environment) { writer, variable in
      writer.append(variable.name)
      writer.append(variable.value)
    }
  }

  mutating func append(_ bytes: [UInt8]) { fields.append(bytes) }
  mutating func append(_ text: String) { fields.append(Array(text.utf8)) }

  private mutating func append(_ record: OutputRecord) {
    fields.append(record.path)
    append(record.name?.description ?? "")
    append(record.size.map(String.init) ?? "")
    append(record.fileCount.map(String.init) ?? "")
    append(record.isExecutable ? "1" : "0")
  }

  private mutating func append(_ value: ParameterValue) {
    switch value {
    case .null: append("n")
    case .bool(let value): append(value ? "t" : "f")
    case .integer(let value): append("i\(value)")
    case .largeInteger(let value): append("i\(value.text)")
    case .double(let value): append("d\(value.bitPattern)")
    case .string(let value): append("s\(value)")
    case .list(let values):
      append("l\(values.count)")
      for value in values { append(value) }
    case .map(let members):
      append("m\(members.count)")
      for member in members {
        append(member.key)
        append(member.value)
      }
    }
  }

  private mutating func appendList<Item>(
    _ items: [Item], _ body: (inout StageLockWriter, Item) -> Void
  ) {
    append(String(items.count))
    for item in items { body(&self, item) }
  }
}

/// Reads what ``StageLockWriter`` wrote; `nil` for anything else.
struct StageLockReader {
  private var rest: ArraySlice<[UInt8]>

  init(_ fields: ArraySlice<[UInt8]>) { rest = fields }

  mutating func lock() -> StageLock? {
    guard text() == StageLockWriter.version, let isList = flag(),
      let commands = list({ $0.text() }), let dependencies = list({ $0.record() }),
      let parameters = list({ $0.parameterFile() }), let outputs = list({ $0.record() }),
      let environment = rest.isEmpty ? [] : list({ $0.variable() }), rest.isEmpty
    else { return nil }
    return StageLock(
      commands: commands, commandIsList: isList, environment: environment,
      dependencies: dependencies, parameters: parameters, outputs: outputs)
  }

  mutating func text() -> String? {
    rest.popFirst().map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func flag() -> Bool? {
    switch text() {
    case "0": false
    case "1": true
    default: nil
    }
  }

  private mutating func list<Item>(_ item: (inout StageLockReader) -> Item?) -> [Item]? {
    guard let count = text().flatMap({ Int($0) }), count >= 0 else { return nil }
    return items(count, item)
  }

  private mutating func items<Item>(
    _ count: Int, _ item: (inout StageLockReader) -> Item?
  ) -> [Item]? {
    var items: [Item] = []
    // Every item takes a field at least, so a count beyond them is damage.
    guard count <= rest.count else { return nil }
    for _ in 0..<count {
      guard let next = item(&self) else { return nil }
      items.append(next)
    }
    return items
  }

  private mutating func record() -> OutputRecord? {
    guard let path = rest.popFirst(), let name = text(), let size = text(),
      let fileCount = text(), let isExecutable = flag()
    else { return nil }
    let content = name.isEmpty ? nil : ContentName(name)
    guard name.isEmpty || content != nil else { return nil }
    return OutputRecord(
      path: path, name: content, size: Int64(size), fileCount: Int64(fileCount),
      isExecutable: isExecutable)
  }

  private mutating func variable() -> EnvironmentVariable? {
    guard let name = text(), let value = text() else { return nil }
    return EnvironmentVariable(name: name, value: value)
  }

  private mutating func parameterFile() -> StageLock.ParameterFile? {
    guard let file = text() else { return nil }
    let values = list { reader -> StageLock.Value? in
      guard let key = reader.text(), let value = reader.value() else { return nil }
      return StageLock.Value(key: key, value: value)
    }
    return values.map { StageLock.ParameterFile(file: file, values: $0) }
  }

  private mutating func value() -> ParameterValue? {
    guard let text = text(), let tag = text.utf8.first else { return nil }
    let argument = String(decoding: text.utf8.dropFirst(), as: UTF8.self)
    switch tag {
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "t"): return .bool(true)
    case UInt8(ascii: "f"): return .bool(false)
    case UInt8(ascii: "i"): return ParameterValue(integer: argument)
    case UInt8(ascii: "d"): return UInt64(argument).map { .double(Double(bitPattern: $0)) }
    case UInt8(ascii: "s"): return .string(argument)
    case UInt8(ascii: "l"):
      return Int(argument).flatMap { items($0) { $0.value() } }.map { .list($0) }
    case UInt8(ascii: "m"):
      return Int(argument).flatMap { items($0) { $0.member() } }.map { .map($0) }
    default: return nil
    }
  }

  private mutating func member() -> ParameterValue.Member? {
    guard let key = text(), let value = value() else { return nil }
    return ParameterValue.Member(key: key, value: value)
  }
}
