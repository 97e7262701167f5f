import TestSupport

/// A repository with versions of a directory and a file, in branches and tags.
///
/// Commit `v1` (tag `one`) has `data/a` = `a1` and `f` = `f1`; `v2` changed both to `a2` and `f2`;
/// HEAD, on `main`, has `a3` and `f3`. The branch `side`, from `v1`, has `f` = `side`. `data/same` is the
/// same everywhere.
struct Versions {
  let repository: TemporaryRepository
  var cache: String { ".dver/cache" }

  init(_ settings: [String] = []) throws {
    repository = try TemporaryRepository()
    for setting in settings {
      let words = setting.split(separator: " ").map(String.init)
      try repository.dver("config", words[0], words[1]).requireSuccess()
    }
    try repository.write("same\n", to: "data/same")
    try version("a1", "f1")
    try repository.git("tag", "one").requireSuccess()
    try repository.git("checkout", "-q", "-b", "side").requireSuccess()
    try repository.write("side\n", to: "f")
    try repository.dver("add", "-q", "f").requireSuccess()
    try repository.commitAll()
    try repository.git("checkout", "-q", "main").requireSuccess()
    try repository.dver("checkout", "-q").requireSuccess()
    try version("a2", "f2")
    try version("a3", "f3")
  }

  private func version(_ data: String, _ file: String) throws {
    try repository.write("\(data)\n", to: "data/a")
    try repository.write("\(file)\n", to: "f")
    try repository.dver("add", "-q", "data", "f").requireSuccess()
    try repository.commitAll()
  }

  static let contents = ["same", "a1", "a2", "a3", "f1", "f2", "f3", "side"]

  /// The contents that are objects of a store, out of the trash.
  func present(in store: String? = nil) throws -> Set<String> {
    let store = store ?? cache
    let script = """
      for word in \(Self.contents.joined(separator: " ")); do
        sum=$(printf '%s\\n' $word | sha256sum | cut -c1-64)
        rest=${sum#??}
        test -e \(store)/objects/${sum%$rest}/$rest && echo $word
      done; true
      """
    return Set(try repository.shell(script).requireSuccess().lines)
  }

  /// The contents that lie in the trash of a store.
  func trashed(in store: String? = nil) throws -> Set<String> {
    let script = """
      for word in \(Self.contents.joined(separator: " ")); do
        sum=$(printf '%s\\n' $word | sha256sum | cut -c1-64)
        ls \(store ?? cache)/trash/*/$sum >/dev/null 2>&1 && echo $word
      done; true
      """
    return Set(try repository.shell(script).requireSuccess().lines)
  }

  static let current: Set = ["same", "a3", "f3"]
}

extension TemporaryRepository {
  /// Runs `dver` with a list of arguments.
  @discardableResult
  func run(_ arguments: [String]) throws -> CommandResult {
    try dverCommand(arguments).run()
  }
}
