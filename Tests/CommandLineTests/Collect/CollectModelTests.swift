import TestSupport
import Testing

/// `gc` against a model that knows what each commit tracks.
@Suite struct CollectModelTests {
  private struct Model {
    /// What each commit tracks, by content.
    var commits: [[String: String]] = []
    var parents: [Int?] = []
    var branches: [String: Int] = ["main": -1]
    var tags: [String: Int] = [:]
    var branch = "main"
    var all: Set<String> = []

    func contents(_ commit: Int) -> Set<String> { Set(commits[commit].values) }

    func expected(_ scope: [String]) -> Set<String> {
      var kept: Set<Int> = [branches[branch] ?? 0]
      for option in scope {
        switch option {
        case "-a": kept.formUnion(branches.values)
        case "-T": kept.formUnion(tags.values)
        case "-A": kept.formUnion(commits.indices)
        case "--num=3":
          var commit = branches[branch]
          for _ in 0..<3 {
            guard let found = commit else { break }
            kept.insert(found)
            commit = parents[found]
          }
        default: break
        }
      }
      return kept.reduce(into: []) { $0.formUnion(contents($1)) }
    }
  }

  @Test(arguments: Seeds.standard.prefix(5)) func keepsExactlyWhatTheModelSays(
    _ seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let repository = try TemporaryRepository()
    var model = Model()
    for step in 0..<7 {
      try change(repository, &model, step, &random)
      if step > 0, Int.random(in: 0..<3, using: &random) == 0 {
        let name = "b\(step)"
        try repository.git("checkout", "-q", "-b", name).requireSuccess()
        model.branches[name] = model.branches[model.branch]
        model.branch = name
      } else if Int.random(in: 0..<3, using: &random) == 0 {
        try repository.git("tag", "t\(step)").requireSuccess()
        model.tags["t\(step)"] = model.branches[model.branch]
      } else if let name = model.branches.keys.sorted().randomElement(using: &random) {
        try repository.git("checkout", "-q", name).requireSuccess()
        try repository.dver("checkout", "-q").requireSuccess()
        model.branch = name
      }
    }
    let scopes = [["-w"], ["-a"], ["-T"], ["-A"], ["-a", "-T"], ["--num=3"]]
    let scope = try #require(scopes.randomElement(using: &random))
    try repository.run(["gc", "-q", "-f"] + scope).requireSuccess()
    let expected = model.expected(scope)
    #expect(try present(model.all, in: repository) == expected, "seed \(seed), \(scope)")
    // Until the trash is empty, everything can be had; then what is kept.
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try repository.dver("gc", "-q", "-f", "--empty-trash").requireSuccess()
    try repository.requireClean()
    #expect(try present(model.all, in: repository).isSuperset(of: expected), "seed \(seed)")
    try repository.dver("verify", "-q").requireSuccess()
  }

  private func change(
    _ repository: TemporaryRepository, _ model: inout Model, _ step: Int,
    _ random: inout SeededGenerator
  ) throws {
    let parent = model.branches[model.branch].flatMap { $0 < 0 ? nil : $0 }
    var files = parent.map { model.commits[$0] } ?? [:]
    for _ in 0...Int.random(in: 0..<3, using: &random) {
      let path = ["d/a", "d/b", "d/s/c", "x", "y"].randomElement(using: &random) ?? "x"
      // Contents come back now and then.
      let text = "text \(Int.random(in: 0..<12, using: &random))\n"
      try repository.write(text, to: path)
      files[path] = text
      model.all.insert(text)
    }
    let targets = Set(files.keys.map { $0.hasPrefix("d/") ? "d" : $0 }).sorted()
    try repository.run(["add", "-q"] + targets).requireSuccess()
    try repository.git("add", "-A").requireSuccess()
    try repository.git("commit", "-q", "--allow-empty", "-m", "step \(step)").requireSuccess()
    model.branches[model.branch] = model.commits.count
    model.commits.append(files)
    model.parents.append(parent)
  }

  private func present(
    _ texts: Set<String>, in repository: TemporaryRepository
  ) throws -> Set<String> {
    try texts.filter { text in
      let sum = try repository.shell("printf '%s' '\(text)' | sha256sum").requireSuccess()
      let digest = sum.standardOutput.prefix(64)
      return repository.exists(".dver/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))")
    }
  }
}
