import DverYAML

extension ParameterValue {
  /// The value as a scalar; `nil` for lists and maps.
  private var scalar: YAMLScalar? {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .largeInteger(let value): .largeInteger(value)
    case .double(let value): .double(value)
    case .string(let value): .string(value)
    case .list, .map: nil
    }
  }

  /// Prints the value behind the key or dash that begins the present line.
  ///
  /// - Parameter indent: The column of that key, or the one behind the dash, from 0.
  func append(to writer: inout YAMLWriter, indent: Int) {
    switch self {
    case .list(let items) where items.isEmpty: writer.value(literal: "[]")
    case .map(let members) where members.isEmpty: writer.value(literal: "{}")
    case .list(let items):
      writer.endLine()
      Self.append(items, to: &writer, indent: indent)
    case .map(let members):
      writer.endLine()
      for member in members {
        writer.key(member.key, indent: indent + 2)
        member.value.append(to: &writer, indent: indent + 2)
      }
    default: scalar.map { writer.value($0) }
    }
  }

  /// Appends the value as it stands between brackets and braces.
  func appendInFlow(to bytes: inout [UInt8], isOldVersion: Bool) {
    switch self {
    case .list(let items):
      Self.appendInFlow(items, between: ("[", "]"), to: &bytes) { item, bytes in
        item.appendInFlow(to: &bytes, isOldVersion: isOldVersion)
      }
    case .map(let members):
      Self.appendInFlow(members, between: ("{", "}"), to: &bytes) { member, bytes in
        member.appendInFlow(to: &bytes, isOldVersion: isOldVersion)
      }
    case .null, .bool, .integer, .largeInteger, .double, .string:
      guard let scalar else { preconditionFailure("all but lists and maps are scalars") }
      YAMLWriter.append(scalar, inFlow: true, isOldVersion: isOldVersion, to: &bytes)
    }
  }

  private static func appendInFlow<Item>(
    _ items: [Item], between brackets: (String, String), to bytes: inout [UInt8],
    _ append: (Item, inout [UInt8]) -> Void
  ) {
    bytes += Array(brackets.0.utf8)
    for (position, item) in items.enumerated() {
      if position > 0 { bytes += Array(", ".utf8) }
      append(item, &bytes)
    }
    bytes += Array(brackets.1.utf8)
  }

  private static func append(
    _ items: [ParameterValue], to writer: inout YAMLWriter, indent: Int
  ) {
    for item in items {
      writer.dash(indent: indent)
      switch item {
      case .map(let members) where !members.isEmpty:
        for member in members {
          writer.key(member.key, indent: indent + 2)
          member.value.append(to: &writer, indent: indent + 2)
        }
      case .list(let inner) where !inner.isEmpty:
        Self.append(inner, to: &writer, indent: indent + 2)
      default: item.append(to: &writer, indent: indent)
      }
    }
  }
}

extension ParameterValue.Member {
  /// Appends the member as it stands between braces.
  func appendInFlow(to bytes: inout [UInt8], isOldVersion: Bool) {
    YAMLWriter.append(string: key, inFlow: true, isOldVersion: isOldVersion, to: &bytes)
    bytes += Array(": ".utf8)
    value.appendInFlow(to: &bytes, isOldVersion: isOldVersion)
  }
}
