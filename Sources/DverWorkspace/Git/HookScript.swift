import DverCore

/// A script that git runs, and that hands over to `dver git-hook`.
struct HookScript {
  /// As git calls it.
  let name: String
  /// The workspace's folder, counted from the work tree.
  let folder: [UInt8]

  static let push = "pre-push"
  static let names = ["post-checkout", "pre-commit", push]

  init(name: String, folder: [UInt8]) {
    self.name = name
    self.folder = folder
  }

  var bytes: [UInt8] {
    var text = Array(
      """
      #!/bin/sh
      # Written by 'dver install'.
      if ! command -v dver >/dev/null 2>&1; then
        echo 'dver is not on PATH: its \(name) hook was left out' >&2
        exit 0
      fi
      exec dver git-hook \(name)
      """.utf8)
    if !folder.isEmpty { text += Array(" --cd ".utf8) + Self.quoted(folder) }
    return text + Array(" -- \"$@\"\n".utf8)
  }

  /// For a hook that somebody else wrote. git hands over once which references it pushes: they are left
  /// to the others, and the data of the workspace is pushed.
  var lineForOthers: String {
    "dver git-hook \(name) \"$@\"" + (name == Self.push ? " </dev/null" : "")
  }

  /// A word that a shell takes as it is.
  static func quoted(_ word: [UInt8]) -> [UInt8] {
    let quote = UInt8(ascii: "'")
    return [quote] + word.flatMap { $0 == quote ? Array(#"'\''"#.utf8) : [$0] } + [quote]
  }
}
