import DverYAML

/// What all contexts of one `dver.yaml` share: parameter files, each read once, the names of
/// sources, and how much was filled in.
final class TemplateLibrary {
  private let files: any ParameterSource
  let options: TemplateOptions
  private var maps: [String: TemplateMap] = [:]
  private var sources: [(name: String, isFile: Bool)] = []
  private var stepsOfExpression: [String: [String]] = [:]
  private var filledByteCount = 0

  /// More text than this makes no sense, and a few kilobytes of groups within groups could ask for
  /// it.
  static let maximumFilledByteCount = 1 << 30
  private static let maximumKnownExpressionCount = 10_000

  init(files: any ParameterSource, options: TemplateOptions) {
    self.files = files
    self.options = options
  }

  // MARK: Sources

  func newSource(_ name: String) -> Int32 {
    sources.append((name, false))
    return Int32(sources.count - 1)
  }

  func sourceName(_ number: Int32) -> String {
    sources.indices.contains(Int(number)) ? sources[Int(number)].name : "the group"
  }

  /// The file whose values are tracked; `nil` for inline values.
  func trackedFile(_ number: Int32) -> String? {
    guard sources.indices.contains(Int(number)), sources[Int(number)].isFile else { return nil }
    return sources[Int(number)].name
  }

  // MARK: Files

  /// Whether a file, or anything else, is at `path`.
  func exists(_ path: String) throws -> Bool {
    if maps[path] != nil { return true }
    if case .missing = try files.parameterFile(at: path) { return false }
    return true
  }

  /// The values of a parameter file, or those of some of its top keys.
  func values(of path: String, keys: [String]?) throws -> TemplateMap {
    let all = try values(of: path)
    guard let keys, !keys.isEmpty else { return all }
    var chosen: [(key: String, value: TemplateValue)] = []
    for key in keys {
      guard let value = all[key] else { throw TemplateProblem.missingKey(key, file: path) }
      chosen.append((key, value))
    }
    return TemplateMap(chosen)
  }

  private func values(of path: String) throws -> TemplateMap {
    if let known = maps[path] { return known }
    let file: ParameterFile
    switch try files.parameterFile(at: path) {
    case .file(let found): file = found
    case .directory: throw TemplateProblem.directory(path)
    case .missing: throw TemplateProblem.missingFile(path)
    }
    let source = Int32(sources.count)
    sources.append((path, true))
    var map = TemplateMap()
    // Other roots than maps are empty, or the file could not be read.
    if case .map(let found) = TemplateValue(file.templateRoot, source: source).content {
      map = found
    }
    maps[path] = map
    return map
  }

  // MARK: Expressions

  /// ``TemplateExpression/steps(of:)``, worked out once for the members of a group.
  func steps(of expression: String) -> [String] {
    if let known = stepsOfExpression[expression] { return known }
    let steps = TemplateExpression.steps(of: expression)
    if stepsOfExpression.count < Self.maximumKnownExpressionCount {
      stepsOfExpression[expression] = steps
    }
    return steps
  }

  /// Counts what is made; throws where it gets absurd.
  func spend(_ byteCount: Int) throws(TemplateProblem) {
    filledByteCount += byteCount
    if filledByteCount > Self.maximumFilledByteCount { throw .tooLarge }
  }
}
