/// Where a configuration file stands; later ones override earlier ones.
package enum ConfigLevel: Int, Comparable, CaseIterable, Sendable {
  case system, global, project, local

  package static func < (left: ConfigLevel, right: ConfigLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The configuration of several files, one over the other.
///
/// Reading costs a few system calls and never loads libgit2; values of git's own configuration
/// are not among them.
package struct ConfigLayers: Sendable {
  /// A value and where it comes from.
  package struct Value: Hashable, Sendable {
    /// Section and option in lower case.
    package let name: [UInt8]
    /// `nil` for an option without `=`, which means true.
    package let bytes: [UInt8]?
    package let level: ConfigLevel
    package let file: [UInt8]
    /// Counted from 1.
    package let line: Int

    /// The value as text; empty for an option without `=`.
    package var text: String { String(decoding: bytes ?? [], as: UTF8.self) }
    package var nameText: String { String(decoding: name, as: UTF8.self) }
  }

  /// All values, lower levels first, each file in its order.
  package let values: [Value]

  /// Reads the files in the order of their levels; an absent file is an empty one.
  ///
  /// - Parameter contents: What files hold that are not read from their paths.
  package init(
    _ files: [(level: ConfigLevel, path: [UInt8])], contents: [ConfigLevel: [UInt8]] = [:]
  ) throws(GitError) {
    var values: [Value] = []
    for (level, path) in files.sorted(by: { $0.level < $1.level }) {
      var content = contents[level]
      if content == nil { content = try ConfigFile(path).content() }
      guard let content else { continue }
      for entry in try ConfigText(content, file: path).entries {
        values.append(
          Value(name: entry.name, bytes: entry.value, level: level, file: path, line: entry.line))
      }
    }
    self.values = values
  }

  /// The value that wins; `nil` where no file has the option.
  package func value(_ name: some Collection<UInt8>) throws(GitError) -> Value? {
    let name = try ConfigName.normalized(name)
    return values.last { $0.name == name }
  }

  package func value(_ name: String) throws(GitError) -> Value? { try value(Array(name.utf8)) }

  /// The text that wins.
  package func string(_ name: String) throws(GitError) -> String? { try value(name)?.text }

  /// The truth value that wins: `true yes on` and numbers but 0, `false no off 0` and nothing.
  package func bool(_ name: String) throws(GitError) -> Bool? {
    guard let value = try value(name) else { return nil }
    guard value.bytes != nil else { return true }
    switch value.text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off", "": return false
    default:
      if let number = Self.number(value.text) { return number != 0 }
      throw refusal(value, "true or false")
    }
  }

  /// The number that wins; `k`, `m` and `g` stand for powers of 1,024.
  package func integer(
    _ name: String, in range: ClosedRange<Int>? = nil
  ) throws(GitError) -> Int? {
    guard let value = try value(name) else { return nil }
    guard value.bytes != nil, let number = Self.number(value.text) else {
      throw refusal(value, "a whole number")
    }
    if let range, !range.contains(number) { throw refusal(value, Self.expected(range)) }
    return number
  }

  /// What a number in a range is called in messages.
  package static func expected(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "a whole number" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }

  /// The subsections of `section`, each once, in the order of the files.
  package func subsections(of section: String) -> [[UInt8]] {
    let prefix = Array(section.lowercased().utf8) + [UInt8(ascii: ".")]
    var names: [[UInt8]] = []
    for value in values where value.name.starts(with: prefix) {
      guard let end = value.name.lastIndex(of: UInt8(ascii: ".")), end >= prefix.count else {
        continue
      }
      let name = Array(value.name[prefix.count..<end])
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func refusal(_ value: Value, _ expected: String) -> GitError {
    .configValue(
      name: value.nameText, value: value.text, expected: expected, level: value.level,
      file: value.file, line: value.line)
  }

  private static func number(_ text: String) -> Int? {
    let shifts: [Character: Int] = ["k": 10, "m": 20, "g": 30]
    guard let last = text.lowercased().last, let shift = shifts[last] else { return Int(text) }
    guard let number = Int(text.dropLast()) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : product
  }
}
