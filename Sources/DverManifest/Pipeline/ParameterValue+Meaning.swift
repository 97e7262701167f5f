import DverCore

extension ParameterValue {
  /// Whether both values say the same: as Python compares them, which is how DVC does, but
  /// not-a-number is the same as itself.
  package func hasSameMeaning(as other: ParameterValue) -> Bool {
    isSame(other) { $0.hasSameNumber(as: $1) || ($0.isNotANumber && $1.isNotANumber) }
  }

  /// Whether Python calls the values equal, for which not-a-number never is.
  package func isEqualInPython(to other: ParameterValue) -> Bool {
    isSame(other) { $0.hasSameNumber(as: $1) }
  }

  /// Whether both values would be written alike: ``hasSameMeaning(as:)``, and numbers have the same
  /// type.
  func hasSameForm(as other: ParameterValue) -> Bool {
    isSame(other) { left, right in
      switch (left, right) {
      case (.double(let left), .double(let right)):
        left == right || (left.isNaN && right.isNaN)
      default: left == right
      }
    }
  }

  /// Whether the values are the same, down to their numbers, which `isSameNumber` compares: what is
  /// a number or a boolean with what is one.
  ///
  /// The order of a map's members does not count. Strings are the same where their bytes are.
  private func isSame(
    _ other: ParameterValue, _ isSameNumber: (ParameterValue, ParameterValue) -> Bool
  ) -> Bool {
    switch (self, other) {
    case (.null, .null): return true
    case (.string(let left), .string(let right)):
      return left.hasSameBytes(as: right)
    case (.list(let left), .list(let right)):
      return left.count == right.count
        && zip(left, right).allSatisfy { $0.isSame($1, isSameNumber) }
    case (.map(let left), .map(let right)):
      guard left.count == right.count else { return false }
      return zip(Self.sorted(left), Self.sorted(right)).allSatisfy {
        $0.key.hasSameBytes(as: $1.key) && $0.value.isSame($1.value, isSameNumber)
      }
    default: return number != nil && other.number != nil && isSameNumber(self, other)
    }
  }

  private var isNotANumber: Bool {
    if case .double(let value) = self { value.isNaN } else { false }
  }

  /// Whether the values are the same number, whatever their types: exactly, without rounding.
  private func hasSameNumber(as other: ParameterValue) -> Bool {
    switch (wholeNumber, other.wholeNumber) {
    case (let left?, let right?): left == right
    case (nil, nil): number == other.number
    default: false
    }
  }

  /// The value as an integer, if it is a whole number; `nil` for all others.
  private var wholeNumber: ParameterValue? {
    switch self {
    case .bool(let value): .integer(value ? 1 : 0)
    case .integer, .largeInteger: self
    case .double(let value):
      Int64(exactly: value).map { .integer($0) }
        ?? LargeInteger(exactly: value).map { .largeInteger($0) }
    case .null, .string, .list, .map: nil
    }
  }

  private static func sorted(_ members: [Member]) -> [Member] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}

extension String {
  /// Swift takes strings for equal that only look the same; a command, and git, does not.
  fileprivate func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension StageLock {
  /// Whether both entries record the same, whatever the order in which they hold it. A number of
  /// another type is another record: a stage that ran says what it read.
  package func hasSameMeaning(as other: StageLock) -> Bool {
    let (left, right) = (canonical, other.canonical)
    guard left.commands.elementsEqual(right.commands, by: { $0.hasSameBytes(as: $1) }),
      left.commandIsList == right.commandIsList,
      left.environment.elementsEqual(
        right.environment,
        by: { $0.name.hasSameBytes(as: $1.name) && $0.value.hasSameBytes(as: $1.value) }),
      left.dependencies == right.dependencies, left.outputs == right.outputs,
      left.parameters.count == right.parameters.count
    else { return false }
    return zip(left.parameters, right.parameters).allSatisfy { left, right in
      left.file.hasSameBytes(as: right.file) && left.values.count == right.values.count
        && zip(left.values, right.values).allSatisfy {
          $0.key.hasSameBytes(as: $1.key) && $0.value.hasSameForm(as: $1.value)
        }
    }
  }

  /// The entry with everything in order.
  var canonical: StageLock {
    var lock = self
    Self.sort(&lock.environment) { Self.precedes($0.name, $1.name) }
    Self.sort(&lock.dependencies) { $0.path.lexicographicallyPrecedes($1.path) }
    Self.sort(&lock.outputs) { $0.path.lexicographicallyPrecedes($1.path) }
    Self.sort(&lock.parameters) { Self.precedes($0.file, $1.file) }
    for index in lock.parameters.indices {
      Self.sort(&lock.parameters[index].values) { Self.precedes($0.key, $1.key) }
    }
    return lock
  }

  /// Compares bytes; a string's own order depends on Unicode's tables.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Sorts what is not in order yet, which is rare, so nothing is copied as a rule.
  private static func sort<Element>(
    _ elements: inout [Element], by precedes: (Element, Element) -> Bool
  ) {
    for index in elements.indices.dropFirst() where precedes(elements[index], elements[index - 1]) {
      return elements.sort(by: precedes)
    }
  }
}
