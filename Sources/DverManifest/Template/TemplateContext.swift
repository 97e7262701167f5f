import DverCore

/// The values that templates can name: those of `params.yaml`, of `vars`, and within a group
/// `item` and `key`.
struct TemplateContext {
  /// What was filled in so far.
  let library: TemplateLibrary
  private(set) var values = TemplateMap()
  /// The files that were loaded: the keys taken from each, or `nil` for all of it.
  var loaded: [String: [String]?] = [:]
  /// What a group sets for one of its members; they go before other values of these names.
  private(set) var groupValues: [(key: String, value: TemplateValue)] = []
  /// What was named since tracking began; `nil` where nobody wants to know.
  private(set) var tracked: TrackedValues?

  init(library: TemplateLibrary) {
    self.library = library
  }

  // MARK: Groups

  mutating func setGroupValues(_ values: [(key: String, value: TemplateValue)]) {
    groupValues = values
  }

  /// The names of `names` that have a value outside of groups.
  func defined(among names: [String]) -> [String] {
    names.filter { values.place(of: $0) != nil }
  }

  // MARK: Tracking

  mutating func beginTracking() { tracked = TrackedValues() }

  mutating func endTracking() -> TrackedValues {
    defer { tracked = nil }
    return tracked ?? TrackedValues()
  }

  // MARK: Looking up

  /// The value that `expression` names.
  mutating func select(_ expression: String) throws(TemplateProblem) -> TemplateValue {
    let steps = library.steps(of: expression)
    var place = Place()
    guard let first = steps.first, var value = root(first, &place) else {
      throw undefined(expression, steps)
    }
    for step in steps.dropFirst() {
      switch value.content {
      case .scalar: throw undefined(expression, steps)
      case .list(let items):
        guard let index = Self.index(step, count: items.count) else {
          throw undefined(expression, steps)
        }
        place.enter(String(index), items[index])
        value = items[index]
      case .map(let map):
        guard let next = map[step] else { throw undefined(expression, steps) }
        place.enter(step, next)
        value = next
      }
    }
    value.path = place.path
    track(value)
    return value
  }

  /// The keys on the way to a value, in the file that it comes from.
  private struct Place {
    var path: String?

    mutating func enter(_ step: String, _ value: TemplateValue) {
      path = value.path ?? path.map { "\($0).\(step)" } ?? step
    }
  }

  private func root(_ name: String, _ place: inout Place) -> TemplateValue? {
    let found = groupValues.first { $0.key == name }?.value ?? values[name]
    if let found { place.enter(name, found) }
    return found
  }

  /// What Python takes for the position of an item.
  private static func index(_ step: String, count: Int) -> Int? {
    var digits = step[...]
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits = digits.dropFirst() }
    let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
    guard !groups.isEmpty, groups.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
      let number = Int(groups.joined())
    else { return nil }
    let index = isNegative ? count - number : number
    return (0..<count).contains(index) ? index : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func track(_ value: TemplateValue) {
    // Maps that unpack into flags are not tracked; lists cannot be filled in.
    guard tracked != nil, value.source >= 0, let path = value.path else { return }
    if case .map = value.content { return }
    guard let file = library.trackedFile(value.source) else { return }
    tracked?.add(file: file, key: path, value: value.parameter)
  }

  private func undefined(_ expression: String, _ steps: [String]) -> TemplateProblem {
    var keys = groupValues.map(\.key) + values.keys
    var written = ""
    for step in steps {
      var place = Place()
      let next: TemplateValue?
      if written.isEmpty {
        next = root(step, &place)
      } else {
        next = (try? value(at: written))?.child(step)
      }
      guard next != nil else {
        let nearest = Spelling.nearest(to: step, among: keys)
        return .undefined(
          expression, suggestion: nearest.map { written.isEmpty ? $0 : "\(written).\($0)" })
      }
      written += written.isEmpty ? step : ".\(step)"
      if case .map(let map)? = next?.content { keys = map.keys } else { keys = [] }
    }
    return .undefined(expression, suggestion: nil)
  }

  private func value(at path: String) throws(TemplateProblem) -> TemplateValue {
    var context = self
    context.tracked = nil
    return try context.select(path)
  }

  // MARK: Defining

  /// Takes over `update`; maps of the same name are joined, anything else must be new.
  mutating func merge(_ update: TemplateMap, by item: String?) throws(TemplateProblem) {
    let reserved = groupValues.map(\.key).filter { update.place(of: $0) != nil }
    guard reserved.isEmpty else { throw .reserved(reserved, by: item) }
    try Self.merge(update, into: &values, below: "", library)
  }

  private static func merge(
    _ update: TemplateMap, into values: inout TemplateMap, below path: String,
    _ library: TemplateLibrary
  ) throws(TemplateProblem) {
    for (key, new) in zip(update.keys, update.values) {
      guard let place = values.place(of: key) else {
        values.append(key, new)
        continue
      }
      let old = values.values[place]
      let keyPath = path.isEmpty ? key : "\(path).\(key)"
      guard case .map(var known) = old.content, case .map(let added) = new.content else {
        throw .redefined(
          keyPath, by: library.sourceName(new.source), from: library.sourceName(old.source))
      }
      // Taken out, so that it is changed in place.
      values.values[place].content = .list([])
      try merge(added, into: &known, below: keyPath, library)
      values.values[place].content = .map(known)
    }
  }
}

extension TemplateValue {
  fileprivate func child(_ step: String) -> TemplateValue? {
    switch content {
    case .scalar: nil
    case .list(let items): Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
    case .map(let map): map[step]
    }
  }
}
