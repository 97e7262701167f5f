import DverCore

extension ParameterValue {
  /// Whether both values say the same: types must agree, the order of a map's members does not
  /// count, and not-a-number equals itself. Strings are the same where their bytes are.
  package func hasSameMeaning(as other: ParameterValue) -> Bool {
    switch (self, other) {
    case (.double(let left), .double(let right)):
      return left == right || (left.isNaN && right.isNaN)
    case (.string(let left), .string(let right)):
      return left.hasSameBytes(as: right)
    case (.list(let left), .list(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.hasSameMeaning(as: $1) }
    case (.map(let left), .map(let right)):
      guard left.count == right.count else { return false }
      return zip(Self.sorted(left), Self.sorted(right)).allSatisfy {
        $0.key.hasSameBytes(as: $1.key) && $0.value.hasSameMeaning(as: $1.value)
      }
    default: return self == other
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
  /// Whether both entries record the same, whatever the order in which they hold it.
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
          $0.key.hasSameBytes(as: $1.key) && $0.value.hasSameMeaning(as: $1.value)
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
