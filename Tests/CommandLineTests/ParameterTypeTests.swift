import TestSupport
import Testing

/// Which values of parameters are the same, and which integers stay integers: as in DVC 3.67.
@Suite struct ParameterTypeTests {
  private func repository(_ parameters: String) throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s: {cmd: echo x >o, params: [v], outs: [o]}\n", to: "dver.yaml")
    try repository.write(parameters, to: "params.yaml")
    try repository.dver("repro").requireSuccess()
    return repository
  }

  private func status(_ repository: TemporaryRepository) throws -> String {
    try repository.dver("status", "--json").requireSuccess().standardOutput
  }

  private static let modified = #"{"s": [{"changed deps": {"params.yaml": {"v": "modified"}}}]}"#

  @Test(arguments: [
    ("123456789012345678901234567890", "\"123456789012345678901234567890\""),
    ("18446744073709551615", "18446744073709551614"),
    ("1", "'1'"), ("1", "1.5"), ("true", "'True'"), ("[1]", "['1']"),
    ("9007199254740993", "9007199254740992.0"),
  ])
  func anotherValueIsAChange(old: String, new: String) throws {
    let repository = try repository("v: \(old)\n")
    try repository.write("v: \(new)\n", to: "params.yaml")
    #expect(try status(repository) == Self.modified + "\n")
  }

  @Test(arguments: [
    ("42.0", "42"), ("1", "true"), ("false", "0"), ("{a: [1, 2.0]}", "{a: [true, 2]}"),
    ("18446744073709551616", "18446744073709551616.0"),
    ("18446744073709551615", "0xFFFF_FFFF_FFFF_FFFF"), (".nan", ".NaN"),
  ])
  func anotherSpellingIsNone(old: String, new: String) throws {
    let repository = try repository("v: \(old)\n")
    let lock = try repository.readText("dver.lock")
    try repository.write("v: \(new)\n", to: "params.yaml")
    #expect(try status(repository) == "{}\n")
    try repository.dver("repro").requireSuccess()
    #expect(try repository.readText("dver.lock") == lock)
  }

  @Test func aRunRecordsTheSpellingThatItRead() throws {
    let repository = try repository("v: 1\n")
    try repository.write("v: 1.0\n", to: "params.yaml")
    try repository.dver("repro", "-f").requireSuccess()
    #expect(try repository.readText("dver.lock").contains("        v: 1.0\n"))
  }

  @Test func largeIntegersStayNumbers() throws {
    let number = "123456789012345678901234567890"
    let repository = try repository("v: \(number)\n")
    #expect(try repository.readText("dver.lock").contains("        v: \(number)\n"))
    try repository.write(
      "vars: [p.json, p.toml]\nstages:\n  s: {cmd: 'echo ${j} ${t} >o', meta: '${v}', outs: [o]}\n",
      to: "dver.yaml")
    try repository.write("{\"j\": -18446744073709551615}", to: "p.json")
    try repository.write("t = 0xFFFFFFFFFFFFFFFF\n", to: "p.toml")
    let resolved = try repository.dver("stage", "list", "--resolved", "--json").requireSuccess()
      .standardOutput
    #expect(
      resolved.contains(
        "\"vars\": {\"v\": \(number), \"j\": -18446744073709551615, \"t\": 18446744073709551615}"))
    #expect(resolved.contains("\"meta\": \(number)"))
    #expect(resolved.contains("\"echo -18446744073709551615 18446744073709551615 >o\""))
  }

  @Test func parameterFilesMayAskForTheOldYAML() throws {
    let repository = try repository("%YAML 1.1\n---\nv: yes\nmode: 0644\n")
    try repository.write(
      "stages:\n  s: {cmd: 'echo ${mode} >o', meta: '${v}', params: [v], outs: [o]}\n",
      to: "dver.yaml")
    let resolved = try repository.dver("stage", "list", "--resolved", "--json").requireSuccess()
      .standardOutput
    #expect(resolved.contains(#""vars": {"v": true, "mode": 420}"#))
    #expect(resolved.contains(#""cmd": "echo 420 >o""#))
    #expect(try repository.readText("dver.lock").contains("        v: true\n"))
    try repository.write("%YAML 1.2\n---\nv: yes\nmode: 420\n", to: "params.yaml")
    #expect(try status(repository).contains(#""v": "modified""#))
  }

  @Test func aLockMayHoldTheDatasetsOfDVC() throws {
    let repository = try repository("v: 1\n")
    let lock = try repository.readText("dver.lock")
    try repository.write(lock + "datasets:\n- name: d\n  type: url\n", to: "dver.lock")
    #expect(try status(repository) == "{}\n")
    try repository.write("v: 2\n", to: "params.yaml")
    try repository.dver("repro").requireSuccess()
    #expect(
      try repository.readText("dver.lock").hasSuffix("datasets:\n- name: d\n  type: url\n"))
  }

  @Test func differencesOfLargeIntegersAreExact() throws {
    let repository = try repository("v: 18446744073709551614\n")
    try repository.commit("one")
    try repository.write("v: 18446744073709551615\n", to: "params.yaml")
    #expect(
      try repository.dver("params", "diff", "--json").requireSuccess().standardOutput
        == #"{"params.yaml": {"v": {"old": 18446744073709551614, "#
        + #""new": 18446744073709551615, "diff": 1}}}"# + "\n")
  }
}
