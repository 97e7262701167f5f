package import DverCore

extension ParameterValue {
  /// The value as JSON.
  package var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .largeInteger(let value): .literal(value.text)
    case .double(let value): .double(value)
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(\.json))
    case .map(let members): .object(members.map { ($0.key, $0.value.json) })
    }
  }
}
