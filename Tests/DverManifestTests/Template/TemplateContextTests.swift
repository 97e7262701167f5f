import TestSupport
import Testing

@testable import DverManifest

/// Contexts against models that are slow and obvious.
@Suite struct TemplateContextTests {
  /// A map of maps, lists and numbers.
  private func randomMap(_ random: inout SeededGenerator, depth: Int = 0) -> ParameterValue {
    var members: [ParameterValue.Member] = []
    for key in ["a", "b", "c", "d"] where Int.random(in: 0...9, using: &random) < 4 {
      members.append(.init(key: key, value: randomValue(&random, depth: depth + 1)))
    }
    return .map(members)
  }

  private func randomValue(_ random: inout SeededGenerator, depth: Int) -> ParameterValue {
    switch Int.random(in: 0...9, using: &random) {
    case 0...4 where depth < 4: return randomMap(&random, depth: depth)
    case 5...6 where depth < 4:
      return .list((0..<2).map { _ in randomValue(&random, depth: depth + 1) })
    default: return .integer(Int64.random(in: 0...99, using: &random))
    }
  }

  /// `nil` where something would be defined twice.
  private func joined(_ left: ParameterValue, _ right: ParameterValue) -> ParameterValue? {
    guard case .map(var members) = left, case .map(let others) = right else { return nil }
    for other in others {
      guard let place = members.firstIndex(where: { $0.key == other.key }) else {
        members.append(other)
        continue
      }
      guard let value = joined(members[place].value, other.value) else { return nil }
      members[place].value = value
    }
    return .map(members)
  }

  private func context(_ values: [ParameterValue]) throws -> TemplateContext {
    let library = TemplateLibrary(files: NoParameterFiles(), options: TemplateOptions())
    var context = TemplateContext(library: library)
    for (number, value) in values.enumerated() {
      let source = library.newSource("vars[\(number)]")
      guard case .map(let map) = TemplateValue(value, source: source).content else { continue }
      try context.merge(map, by: nil)
    }
    return context
  }

  @Test(arguments: Seeds.standard)
  func joinsMapsAsTheModelDoes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let values = (0..<3).map { _ in randomMap(&random) }
      let expected = values.dropFirst().reduce(Optional(values[0])) { result, next in
        result.flatMap { joined($0, next) }
      }
      let found = try? context(values)
      #expect(found.map { TemplateValue(.map($0.values), source: 0).parameter } == expected)
    }
  }

  @Test(arguments: Seeds.standard)
  func selectsAsTheModelDoes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let value = randomMap(&random)
      var context = try context([value])
      for _ in 0..<20 {
        let steps = (0..<Int.random(in: 1...4, using: &random)).map { _ in
          ["a", "b", "c", "d", "0", "1", "2", "-1"].randomElement(using: &random) ?? "a"
        }
        let expression = steps.dropFirst().reduce(steps[0]) { text, step in
          Bool.random(using: &random) ? "\(text).\(step)" : "\(text)[ \(step) ]"
        }
        let expected = steps.reduce(Optional(value)) { found, step in
          found.flatMap { model($0, step) }
        }
        #expect((try? context.select(expression))?.parameter == expected, "\(expression)")
      }
    }
  }

  private func model(_ value: ParameterValue, _ step: String) -> ParameterValue? {
    switch value {
    case .map(let members): return members.first { $0.key == step }?.value
    case .list(let items):
      guard let number = Int(step) else { return nil }
      let place = number < 0 ? items.count + number : number
      return items.indices.contains(place) ? items[place] : nil
    default: return nil
    }
  }

  @Test(arguments: Seeds.standard)
  func aMatrixIsTheLoopsWithinLoops(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      let axes = ["x", "y", "z"].map { name in
        (name, (0..<Int.random(in: 0...3, using: &random)).map { "\(name)\($0)" })
      }
      let lists = axes.map { "\($0.0): [\($0.1.joined(separator: ", "))]" }
      let file = try PipelineFile.read(
        "stages:\n  m:\n    matrix: {\(lists.joined(separator: ", "))}\n"
          + "    cmd: ${key} ${item.x} ${item.y} ${item.z}\n")
      var expected: [String] = []
      for x in axes[0].1 {
        for y in axes[1].1 {
          for z in axes[2].1 { expected.append("\(x)-\(y)-\(z) \(x) \(y) \(z)") }
        }
      }
      #expect(file.stages.map { $0.commands[0] } == expected)
      #expect(file.stages.map(\.name) == expected.map { "m@" + $0.prefix { $0 != " " } })
    }
  }

  @Test func saysWhatWasMeant() throws {
    var context = try context([
      .map([.init(key: "train", value: .map([.init(key: "rate", value: .integer(1))]))])
    ])
    let cases: [(String, String?)] = [
      ("tran.rate", "train"), ("train.rat", "train.rate"), ("x", nil), ("train.rate.x", nil),
    ]
    for (expression, suggestion) in cases {
      #expect(throws: TemplateProblem.undefined(expression, suggestion: suggestion)) {
        try context.select(expression)
      }
    }
  }
}
