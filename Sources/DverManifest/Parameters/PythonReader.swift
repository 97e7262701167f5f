/// Reads the parameters of a Python file: literals assigned to names, in the file itself, in
/// classes, and to `self` in `__init__`.
///
/// Everything else is passed over; it need not even be Python. What ``PythonSyntaxCheck`` finds is an
/// error, and so are strings and brackets that do not end.
struct PythonReader {
  private let lines: [PythonLine]

  static func read(_ bytes: [UInt8], source: String) throws(FileFormatError) -> ParameterValue {
    let lines = try PythonLineReader.lines(of: bytes, source: source)
    try PythonSyntaxCheck.run(on: lines, of: bytes, source: source)
    let members = PythonReader(lines: lines).members(of: lines.indices, ofSelf: false, depth: 0)
    return .map(members.map { ParameterValue.Member(key: $0.key, value: $0.value) })
  }

  private init(lines: [PythonLine]) {
    self.lines = lines
  }

  private struct Members {
    private var keys: [String: Int] = [:]
    private(set) var list: [(key: String, value: ParameterValue)] = []

    mutating func set(_ key: String, _ value: ParameterValue) {
      if let place = keys[key] {
        list[place].value = value
      } else {
        keys[key] = list.count
        list.append((key, value))
      }
    }
  }

  /// The assignments of a block.
  ///
  /// - Parameter ofSelf: Whether only those to `self.name` count, as in `__init__`.
  private func members(
    of block: Range<Int>, ofSelf: Bool, depth: Int
  ) -> [(key: String, value: ParameterValue)] {
    var members = Members()
    guard depth < JSONReader.maximumDepth, let indent = block.first.map({ lines[$0].indent }) else {
      return []
    }
    var number = block.lowerBound
    while number < block.upperBound {
      let line = lines[number]
      var end = number + 1
      while end < block.upperBound, lines[end].indent > indent { end += 1 }
      if let name = line.className {
        let body = line.body.map { Self.members(of: $0, ofSelf: false) }
        let inner = body ?? self.members(of: number + 1..<end, ofSelf: false, depth: depth + 1)
        members.set(
          name, .map(inner.map { ParameterValue.Member(key: $0.key, value: $0.value) }))
      } else if line.isInitializer {
        let body = line.body.map { Self.members(of: $0, ofSelf: true) }
        let inner = body ?? self.members(of: number + 1..<end, ofSelf: true, depth: depth + 1)
        for (key, value) in inner { members.set(key, value) }
      } else {
        for (key, value) in Self.members(of: line.tokens[...], ofSelf: ofSelf) {
          members.set(key, value)
        }
      }
      number = end
    }
    return members.list
  }

  /// The assignments of one line, between semicolons.
  private static func members(
    of tokens: ArraySlice<PythonToken>, ofSelf: Bool
  ) -> [(key: String, value: ParameterValue)] {
    tokens.split(separator: .symbol(";")).compactMap { assignment($0, ofSelf: ofSelf) }
  }

  private static func assignment(
    _ tokens: ArraySlice<PythonToken>, ofSelf: Bool
  ) -> (key: String, value: ParameterValue)? {
    let parts = tokens.split(separator: .symbol("="), omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    // `name: type = value`.
    let target = parts[0].prefix { $0 != .symbol(":") }
    guard case .name(let name)? = target.last else { return nil }
    let isPlain = target.count == 1 && !ofSelf
    guard isPlain || target.dropLast().elementsEqual([.name("self"), .symbol(".")]) else {
      return nil
    }
    var literal = PythonLiteral(parts[1])
    return literal.read().map { (name, $0) }
  }
}
