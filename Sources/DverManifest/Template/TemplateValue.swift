import DverCore
import DverYAML

/// A value that templates can name, and where it came from.
struct TemplateValue: Sendable {
  indirect enum Content: Sendable {
    case scalar(YAMLScalar)
    case list([TemplateValue])
    case map(TemplateMap)
  }

  var content: Content
  /// The number of the parameter file or the `vars` that it comes from.
  var source: Int32
  /// The keys that lead to the value in its source, where they are not those that lead to it in
  /// the context: for what was taken from there into a group's items.
  var path: String?
  /// Whether the value is one of the context; a literal item of a group is not.
  var isDefined: Bool

  init(_ content: Content, source: Int32, path: String? = nil, isDefined: Bool = true) {
    self.content = content
    self.source = source
    self.path = path
    self.isDefined = isDefined
  }

  /// The value of a parameter file or of inline `vars`.
  init(_ value: ParameterValue, source: Int32) {
    self.init(Self.content(of: value, source: source), source: source)
  }

  private static func content(of value: ParameterValue, source: Int32) -> Content {
    switch value {
    case .null: .scalar(.null)
    case .bool(let value): .scalar(.bool(value))
    case .integer(let value): .scalar(.integer(value))
    case .largeInteger(let value): .scalar(.largeInteger(value))
    case .double(let value): .scalar(.double(value))
    case .string(let value): .scalar(.string(value))
    case .list(let items): .list(items.map { TemplateValue($0, source: source) })
    case .map(let members):
      .map(TemplateMap(members.map { ($0.key, TemplateValue($0.value, source: source)) }))
    }
  }

  var isComposite: Bool {
    if case .scalar = content { false } else { true }
  }

  /// The plain value.
  var parameter: ParameterValue {
    switch content {
    case .scalar(.null): .null
    case .scalar(.bool(let value)): .bool(value)
    case .scalar(.integer(let value)): .integer(value)
    case .scalar(.largeInteger(let value)): .largeInteger(value)
    case .scalar(.double(let value)): .double(value)
    case .scalar(.string(let value)): .string(value)
    case .list(let items): .list(items.map(\.parameter))
    case .map(let map):
      .map(
        zip(map.keys, map.values).map {
          ParameterValue.Member(key: $0, value: $1.parameter)
        })
    }
  }

  /// What the value is, in words.
  var kindName: String {
    switch content {
    case .scalar(.null): "null"
    case .scalar(.bool(let value)): value ? "true" : "false"
    case .scalar(.integer(let value)): String(value)
    case .scalar(.largeInteger(let value)): value.text
    case .scalar(.double(let value)): YAMLScalar.text(of: value)
    case .scalar(.string(let value)): "'\(value.prefix(60))'"
    case .list: "a list"
    case .map: "a map"
    }
  }
}

/// Values by name, in the order in which they were defined.
struct TemplateMap: Sendable {
  private(set) var keys: [String] = []
  var values: [TemplateValue] = []
  /// Of larger maps: the place of each key.
  private var places: [String: Int] = [:]

  /// Up to here looking at every key is as fast.
  private static let smallCount = 8

  init() {}

  /// Of equal keys the last one gives the value, at the place of the first one.
  init(_ members: [(key: String, value: TemplateValue)]) {
    keys.reserveCapacity(members.count)
    values.reserveCapacity(members.count)
    for (key, value) in members {
      if let place = place(of: key) { values[place] = value } else { append(key, value) }
    }
  }

  func place(of key: String) -> Int? {
    keys.count <= Self.smallCount ? keys.firstIndex(of: key) : places[key]
  }

  subscript(key: String) -> TemplateValue? { place(of: key).map { values[$0] } }

  /// Adds a key that is not there yet.
  mutating func append(_ key: String, _ value: TemplateValue) {
    keys.append(key)
    values.append(value)
    if keys.count == Self.smallCount + 1 {
      for (place, key) in keys.enumerated() { places[key] = place }
    } else if keys.count > Self.smallCount {
      places[key] = keys.count - 1
    }
  }
}
