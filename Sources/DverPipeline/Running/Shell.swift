import Glibc

/// The program that runs commands, and how it is told to.
package struct Shell: Hashable, Sendable {
  package let path: String
  /// What stands between the program's name and the command.
  package let options: [String]

  /// A shell whose start-up files would change what a command does is told not to read them.
  package init(path: String) {
    self.path = path
    options =
      switch Self.name(of: path) {
      case "bash": ["--noprofile", "--norc", "-c"]
      case "zsh": ["--no-rcs", "-c"]
      case "busybox": ["sh", "-c"]
      default: ["-c"]
      }
  }

  /// `preferred`, which is the user's `$SHELL`, if it is there and understands POSIX' language;
  /// else `/bin/sh`.
  package static func standard(preferred: String?) -> Shell {
    guard let preferred, preferred.hasPrefix("/"), posixLike.contains(name(of: preferred)),
      unsafe access(preferred, X_OK) == 0
    else { return Shell(path: "/bin/sh") }
    return Shell(path: preferred)
  }

  private static let posixLike: Set<String> = [
    "sh", "ash", "bash", "busybox", "dash", "ksh", "ksh93", "lksh", "mksh", "posh", "yash", "zsh",
  ]

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
