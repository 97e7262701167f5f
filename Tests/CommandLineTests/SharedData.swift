import TestSupport

/// A repository with some tracked data, and a remote named `shared`, to be pushed to.
struct SharedData {
  let repository: TemporaryRepository
  let remote: String

  /// Tracks `data/a`, `data/sub/run` (executable) and `single.txt`.
  init(push: Bool = true) throws {
    repository = try TemporaryRepository()
    remote = repository.outside("remote")
    try repository.write("a\n", to: "data/a")
    try repository.write("run\n", to: "data/sub/run")
    try repository.chmod(0o755, "data/sub/run")
    try repository.write("single\n", to: "single.txt")
    try repository.dver("add", "data", "single.txt").requireSuccess()
    try repository.dver("remote", "add", "-d", "shared", remote).requireSuccess()
    if push { try repository.dver("push").requireSuccess() }
  }

  /// A clone of the committed repository, without data.
  func clone(_ name: String = "clone") throws -> TemporaryRepository {
    try repository.commitAll()
    return try repository.clone(name)
  }

  /// The file of the object with this content, in the remote or another store.
  func object(_ text: String, in store: String? = nil) throws -> String {
    let sum = try repository.shell("printf '%s' '\(text)' | sha256sum").requireSuccess()
    let digest = sum.standardOutput.prefix(64)
    return "\(store ?? remote)/objects/\(digest.prefix(2))/\(digest.dropFirst(2))"
  }

  /// Changes an object in place, keeping its size.
  func damage(_ object: String, to text: String) throws {
    try repository.chmod(0o644, object)
    try repository.write(text, to: object)
    try repository.chmod(0o444, object)
  }

  var cache: String { "\(repository.path)/.dver/cache" }
}
