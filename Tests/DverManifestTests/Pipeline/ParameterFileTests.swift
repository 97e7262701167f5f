import DverCore
import DverManifest
import DverYAML
import Testing

@Suite struct ParameterFileTests {
  static let text = """
    seed: 7
    train: {rate: 1e-3, layers: [8, {units: 4}], "a.b": x}
    1: one
    base: &base {k: v}
    derived: {<<: *base, l: w}
    big: 12345678901234567890
    """

  @Test(arguments: [
    ("seed", ParameterValue.integer(7)), ("train.rate", .double(0.001)),
    ("train.layers[0]", .integer(8)), ("train.layers.0", .integer(8)),
    ("train.layers[1].units", .integer(4)), ("1", .string("one")), ("derived.k", .string("v")),
    ("base", .map([.init(key: "k", value: .string("v"))])),
  ])
  func findsValues(key: String, value: ParameterValue) throws {
    #expect(try file().value(at: key) == value)
  }

  @Test func aNumberBeyond64BitsIsANumber() throws {
    let big = try #require(LargeInteger("12345678901234567890"))
    #expect(try file().value(at: "big") == .largeInteger(big))
  }

  @Test(arguments: ["", "x", "seed.x", "train.layers[2]", "train.layers[-1]", "train.", ".", "["])
  func aMissingKeyHasNoValue(key: String) throws {
    #expect(try file().value(at: key) == nil)
  }

  @Test func aKeyMayHoldDots() throws {
    let file = try ParameterFile(bytes: Array("a.b: 1\n".utf8), source: "params.yaml")
    #expect(file.value(at: "a.b") == .integer(1))
  }

  @Test func readsJSON() throws {
    let json = #"{"a": {"b": [1, 2.5, true, null, "x\n"]}}"#
    let file = try ParameterFile(bytes: Array(json.utf8), source: "p.json")
    #expect(
      file.value(at: "a.b")
        == .list([.integer(1), .double(2.5), .bool(true), .null, .string("x\n")]))
  }

  @Test func anEmptyFileHasNoValues() throws {
    #expect(try ParameterFile(bytes: [], source: "p.yaml").value(at: "a") == nil)
  }

  @Test func aListIsRefused() {
    let error = #expect(throws: FileFormatError.self) {
      try ParameterFile(bytes: Array("[a]".utf8), source: "p.yaml")
    }
    #expect(error?.message == "p.yaml:1:1: expected a mapping of parameters")
  }

  @Test func meaningIgnoresTheOrderOfMembersAndTheTypesOfNumbers() {
    let left = ParameterValue.map([
      .init(key: "a", value: .double(.nan)), .init(key: "b", value: .integer(1)),
    ])
    let right = ParameterValue.map([
      .init(key: "b", value: .integer(1)), .init(key: "a", value: .double(.nan)),
    ])
    #expect(left.hasSameMeaning(as: right))
    #expect(ParameterValue.integer(1).hasSameMeaning(as: .double(1)))
    #expect(ParameterValue.integer(1).hasSameMeaning(as: .bool(true)))
    #expect(!ParameterValue.integer(1).hasSameMeaning(as: .string("1")))
  }

  private func file() throws -> ParameterFile {
    try ParameterFile(bytes: Array(Self.text.utf8), source: "params.yaml")
  }
}
