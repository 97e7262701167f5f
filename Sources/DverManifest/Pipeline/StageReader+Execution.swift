import DverCore
import DverYAML

/// How a stage runs: keys beyond DVC's.
extension StageReader {
  /// Names and values; `null` would be no value, and is refused.
  mutating func readEnvironment(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    for (key, value) in check.mapping(node, path) {
      let valuePath = "\(path).\(key.text)"
      guard let name = check.key(key, valuePath) else { continue }
      if !Self.isVariableName(name), !isOpen(key) {
        check.report("expected the name of a variable, not '\(name)'", at: key, valuePath)
      }
      switch value.scalar {
      case .null, nil:
        check.report(
          "expected a value, not \(SchemaCheck.description(of: value))", at: value, valuePath)
      case .string:
        guard let text = check.string(value, valuePath) else { continue }
        stage.environment.append(EnvironmentVariable(name: name, value: text))
      default: stage.environment.append(EnvironmentVariable(name: name, value: value.text))
      }
    }
  }

  private static func isVariableName(_ name: String) -> Bool {
    let isWord = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return isWord && name.first?.isNumber == false
  }

  mutating func readResources(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    for (key, value) in check.mapping(node, path) {
      let valuePath = "\(path).\(key.text)"
      guard let name = check.key(key, valuePath), !isOpen(value) else { continue }
      switch name {
      case "cpus": stage.resources.cpus = positive(value, valuePath, &check)
      case "memory": stage.resources.memory = byteCount(value, valuePath, &check)
      case "gpus": stage.resources.gpus = check.count(value, valuePath)
      default:
        guard let count = check.count(value, valuePath) else { continue }
        stage.resources.others.append(StageResources.Other(name: name, count: count))
      }
    }
    stage.resources.others.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func positive(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) -> Double? {
    switch node.scalar {
    case .integer(let value) where value > 0: return Double(value)
    case .double(let value) where value > 0 && value.isFinite: return value
    default:
      check.report(
        "expected a number above 0, not \(SchemaCheck.description(of: node))", at: node, path)
      return nil
    }
  }

  private func byteCount(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) -> ByteCount? {
    switch node.scalar {
    case .integer(let value) where value >= 0: return ByteCount(value)
    case .string(let text):
      if let value = Quantity.byteCount(text) { return ByteCount(value) }
    default: break
    }
    check.report(
      "expected bytes such as 512 MiB or 8G, not \(SchemaCheck.description(of: node))", at: node,
      path)
    return nil
  }

  /// One name, or a list of them.
  mutating func readMutexes(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    if node.kind == .sequence {
      stage.mutexes = check.strings(node, path)
    } else if let name = check.string(node, path) {
      stage.mutexes = [name]
    }
    if stage.mutexes.contains("") { check.report("expected names", at: node, path) }
  }

  func duration(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) -> Duration? {
    if isOpen(node) { return nil }
    let duration: Duration? =
      switch node.scalar {
      case .integer(let value): Quantity.duration(String(value))
      case .double(let value): Quantity.duration(YAMLScalar.text(of: value))
      case .string(let text): Quantity.duration(text)
      default: nil
      }
    if let duration { return duration }
    check.report(
      "expected a time such as 90, 30s, 10m or 2h, not \(SchemaCheck.description(of: node))",
      at: node, path)
    return nil
  }

  /// A time in which something can happen.
  func timeout(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) -> Duration? {
    let time = duration(node, path, &check)
    if time == .zero { check.report("expected more than no time at all", at: node, path) }
    return time
  }

  /// A count, or `times` and `delay`.
  mutating func readRetry(
    _ node: DefinitionNode, _ path: String, _ check: inout SchemaCheck
  ) {
    guard node.kind == .mapping else {
      if !isOpen(node), let times = check.count(node, path) {
        stage.retry = StageRetry(times: times)
      }
      return
    }
    var retry = StageRetry(times: 1)
    for (key, value) in node.pairs {
      let valuePath = "\(path).\(key.text)"
      switch key.text {
      case "times":
        if !isOpen(value) { retry.times = check.count(value, valuePath) ?? 0 }
      case "delay": retry.delay = duration(value, valuePath, &check) ?? .zero
      default: check.reportUnknownKey(key, in: path, known: ["times", "delay"])
      }
    }
    stage.retry = retry
  }

  /// Whether a template that is not filled in stands there.
  private func isOpen(_ node: DefinitionNode) -> Bool {
    isTemplate && node.kind == .scalar && TemplateText.isTemplate(node.text)
  }
}

/// Numbers with units.
package enum Quantity {
  /// Bytes in text such as `512`, `64kB`, `1.5 GiB` or `8G`, where a letter alone means 1024s.
  package static func byteCount(_ text: String) -> Int64? {
    let units: [String: Double] = [
      "": 1, "b": 1, "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40, "p": 0x1p50, "kb": 1e3,
      "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15, "kib": 0x1p10, "mib": 0x1p20,
      "gib": 0x1p30, "tib": 0x1p40, "pib": 0x1p50,
    ]
    guard let (number, unit) = split(text), let factor = units[unit.lowercased()] else {
      return nil
    }
    let value = (number * factor).rounded()
    return value < 0x1p62 ? Int64(value) : nil
  }

  /// A time in text such as `90`, `1.5s`, `10 min` or `2h`; seconds where there is no unit.
  static func duration(_ text: String) -> Duration? {
    let units: [String: Double] = [
      "": 1, "ms": 1e-3, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
    ]
    guard let (number, unit) = split(text), let factor = units[unit] else { return nil }
    let seconds = number * factor
    return seconds < 1e9 ? .milliseconds(Int64((seconds * 1000).rounded())) : nil
  }

  /// A decimal number that is not negative, and what stands behind it.
  private static func split(_ text: String) -> (number: Double, unit: String)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let rest = text.dropFirst(digits.count)
    let unit = rest.first == " " ? rest.dropFirst() : rest
    guard let number = Double(digits), digits.first != ".", number.isFinite else { return nil }
    return (number, String(unit))
  }
}
