import DverYAML

/// A value of a TOML file while it is read.
indirect enum TOMLValue {
  case plain(ParameterValue)
  case list([TOMLValue])
  case table(TOMLTable)
  /// A table in braces, which nothing may add to.
  case closed(TOMLTable)
  /// Tables under a header in double brackets; lines go to the last one.
  case tables([TOMLTable])

  var parameter: ParameterValue {
    switch self {
    case .plain(let value): value
    case .list(let items): .list(items.map(\.parameter))
    case .table(let table), .closed(let table): table.value
    case .tables(let tables): .list(tables.map(\.value))
    }
  }
}

/// A table of a TOML file while it is read.
struct TOMLTable {
  private var keys: [String] = []
  private var values: [TOMLValue] = []
  private var places: [String: Int] = [:]
  /// Whether a header named it, which may happen once.
  private var isDefined = false
  /// Whether dotted keys made it, which no header may name.
  private var isDotted = false

  init() {}

  var value: ParameterValue {
    .map(zip(keys, values).map { ParameterValue.Member(key: $0, value: $1.parameter) })
  }

  /// Sets the dotted key `path` of the table at `header`; false where it is set already.
  mutating func set(_ path: [String], to value: TOMLValue, in header: [String]) -> Bool {
    change(header[...], isHeader: true) { $0.set(path[...], to: value) }
  }

  private mutating func set(_ path: ArraySlice<String>, to value: TOMLValue) -> Bool {
    guard let key = path.first else { return false }
    guard path.count > 1 else {
      guard places[key] == nil else { return false }
      append(key, value)
      return true
    }
    if places[key] == nil {
      var table = TOMLTable()
      table.isDotted = true
      append(key, .table(table))
    }
    return change([key], isHeader: false) { table in
      // A table with a header of its own is closed to dotted keys from elsewhere.
      guard table.isDotted else { return false }
      return table.set(path.dropFirst(), to: value)
    }
  }

  /// Begins the table at `path`; false where that was done before.
  mutating func defineTable(at path: [String]) -> Bool {
    change(path[...], isHeader: true) { table in
      guard !table.isDefined, !table.isDotted else { return false }
      table.isDefined = true
      return true
    }
  }

  /// Adds a table to the list at `path`; false where something else is there.
  mutating func appendTable(at path: [String]) -> Bool {
    guard let key = path.last else { return false }
    return change(path.dropLast(), isHeader: true) { table in
      guard let place = table.places[key] else {
        table.append(key, .tables([TOMLTable()]))
        return true
      }
      guard case .tables(var tables) = table.values[place] else { return false }
      table.values[place] = .list([])
      tables.append(TOMLTable())
      table.values[place] = .tables(tables)
      return true
    }
  }

  /// Calls `body` with the table at `path`; headers make the tables on the way.
  private mutating func change(
    _ path: ArraySlice<String>, isHeader: Bool, _ body: (inout TOMLTable) -> Bool
  ) -> Bool {
    guard let key = path.first else { return body(&self) }
    if places[key] == nil {
      guard isHeader else { return false }
      append(key, .table(TOMLTable()))
    }
    guard let place = places[key] else { return false }
    // Taken out, so that it is changed in place.
    let old = values[place]
    values[place] = .list([])
    var isDone = false
    switch old {
    case .table(var table):
      isDone = table.change(path.dropFirst(), isHeader: isHeader, body)
      values[place] = .table(table)
    case .tables(var tables) where isHeader:
      isDone = tables[tables.count - 1].change(path.dropFirst(), isHeader: isHeader, body)
      values[place] = .tables(tables)
    default: values[place] = old
    }
    return isDone
  }

  private mutating func append(_ key: String, _ value: TOMLValue) {
    places[key] = keys.count
    keys.append(key)
    values.append(value)
  }
}

/// Words of TOML that are no strings.
enum TOMLNumber {
  /// `nil` for what is no value.
  static func value(_ text: String) -> ParameterValue? {
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "inf", "+inf": return .double(.infinity)
    case "-inf": return .double(-.infinity)
    case "nan", "+nan", "-nan": return .double(.nan)
    default: break
    }
    if isDate(String(text.prefix(10))) || isTime(text) { return .string(text) }
    return integer(text) ?? double(text)
  }

  static func isDate(_ text: String) -> Bool { hasShape(text, "0000-00-00") }

  private static func isTime(_ text: String) -> Bool {
    hasShape(String(text.prefix(8)), "00:00:00")
  }

  private static func hasShape(_ text: String, _ shape: String) -> Bool {
    text.utf8.count == shape.utf8.count
      && zip(text.utf8, shape.utf8).allSatisfy { byte, model in
        model == UInt8(ascii: "0") ? TextCursor.isDigit(byte) : byte == model
      }
  }

  private static func integer(_ text: String) -> ParameterValue? {
    let prefixes = ["0x": 16, "0o": 8, "0b": 2]
    if let radix = prefixes[String(text.prefix(2))] {
      guard let digits = digits(text.dropFirst(2)), digits.first != "+", digits.first != "-" else {
        return nil
      }
      return ParameterValue(integer: digits, radix: radix)
    }
    let sign = text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0
    guard let digits = digits(text.dropFirst(sign)), digits.utf8.allSatisfy(TextCursor.isDigit),
      digits.count == 1 || digits.first != "0"
    else { return nil }
    let number = (text.hasPrefix("-") ? "-" : "") + digits
    return ParameterValue(integer: number)
  }

  private static func double(_ text: String) -> ParameterValue? {
    let unsigned = text.drop { $0 == "-" || $0 == "+" }
    guard text.count - unsigned.count <= 1 else { return nil }
    let parts = unsigned.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, mantissa.count <= 2, parts.count + mantissa.count > 2,
      mantissa.allSatisfy({ digits($0)?.utf8.allSatisfy(TextCursor.isDigit) == true }),
      mantissa[0].count == 1 || mantissa[0].first != "0"
    else { return nil }
    return Double(text.filter { $0 != "_" }).map { .double($0) }
  }

  /// `text` without underscores, which must stand between digits.
  private static func digits(_ text: Substring) -> String? {
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    return groups.contains(where: \.isEmpty) ? nil : groups.joined()
  }
}
