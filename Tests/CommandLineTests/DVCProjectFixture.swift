import TestSupport

/// A project as DVC writes it, made without DVC.
struct DVCProjectFixture {
  let repository: TemporaryRepository

  /// - Parameter git: Whether the project is in a git repository.
  init(git: Bool = true) throws {
    repository = try TemporaryRepository(git ? .git : .emptyDirectory)
    try repository.write(git ? "" : "[core]\n    no_scm = True\n", to: ".dvc/config")
    try repository.write("/config.local\n/tmp\n/cache\n", to: ".dvc/.gitignore")
    try repository.write("# patterns\n", to: ".dvcignore")
  }

  /// What DVC calls a text.
  func md5(_ text: String) throws -> String {
    try repository.write(text, to: "../tmp/text")
    let sum = try repository.shell("md5sum < ../tmp/text").requireSuccess().standardOutput
    return String(sum.prefix(32))
  }

  /// Puts a text into a store of DVC 3; that of the project, if no other is named.
  @discardableResult
  func store(_ text: String, suffix: String = "", in store: String = ".dvc/cache") throws -> String
  {
    let name = try md5(text)
    try repository.write(
      text, to: "\(store)/files/md5/\(name.prefix(2))/\(name.dropFirst(2))\(suffix)")
    return name + suffix
  }

  /// Tracks a file.
  func track(_ path: String, _ text: String) throws {
    let name = try store(text)
    try repository.write(text, to: path)
    try repository.write(
      "outs:\n- md5: \(name)\n  size: \(text.utf8.count)\n  hash: md5\n  path: \(path)\n",
      to: "\(path).dvc")
    try repository.append("/\(path)\n", to: ".gitignore")
  }

  /// Tracks a directory; what is in `files` is written there.
  func track(_ path: String, files: [(name: String, text: String)]) throws {
    let name = try store(try listing(files), suffix: ".dir")
    for file in files {
      try store(file.text)
      try repository.write(file.text, to: "\(path)/\(file.name)")
    }
    try repository.write(
      "outs:\n- md5: \(name)\n  nfiles: \(files.count)\n  hash: md5\n  path: \(path)\n",
      to: "\(path).dvc")
    try repository.append("/\(path)\n", to: ".gitignore")
  }

  /// The listing of a directory.
  func listing(_ files: [(name: String, text: String)]) throws -> String {
    let items = try files.sorted { $0.name < $1.name }.map {
      "{\"md5\": \"\(try md5($0.text))\", \"relpath\": \"\($0.name)\"}"
    }
    return "[\(items.joined(separator: ", "))]"
  }

  /// A stage that made `out.txt` from `code.py` and `folder`, with a parameter.
  func addPipeline() throws {
    try repository.write("code\n", to: "code.py")
    try repository.write("1\n", to: "folder/x")
    try repository.write("2\n", to: "folder/y")
    try repository.write("rate: 0.5\nother: 1\n", to: "params.yaml")
    try repository.write("made\n", to: "out.txt")
    try repository.write("{\"score\": 1}\n", to: "score.json")
    try repository.append("/out.txt\n", to: ".gitignore")
    try repository.write(
      """
      stages:
        make:
          cmd: make ${rate}
          deps:
          - code.py
          - folder
          params:
          - rate
          outs:
          - out.txt
          metrics:
          - score.json:
              cache: false

      """, to: "dvc.yaml")
    let folder = try md5(listing([("x", "1\n"), ("y", "2\n")]))
    try repository.write(
      """
      schema: '2.0'
      stages:
        make:
          cmd: make 0.5
          deps:
          - path: code.py
            hash: md5
            md5: \(try md5("code\n"))
            size: 5
          - path: folder
            hash: md5
            md5: \(folder).dir
            size: 4
            nfiles: 2
          params:
            params.yaml:
              rate: 0.5
          outs:
          - path: out.txt
            hash: md5
            md5: \(try store("made\n"))
            size: 5
          - path: score.json
            hash: md5
            md5: \(try md5("{\"score\": 1}\n"))
            size: 13

      """, to: "dvc.lock")
  }
}
