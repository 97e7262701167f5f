import ArgumentParser
import DverFileSystem
import DverWorkspace

extension CompletionKind {
  /// Tracked paths, whether or not they are in place, and other files.
  static var trackedPath: CompletionKind {
    .custom { words, _, word in
      complete(words) { try paths($0, word) }
    }
  }

  /// What ``trackedPath`` completes, and behind `@` the branches and tags.
  static var versionedPath: CompletionKind {
    .custom { words, _, word in
      complete(words) { workspace in
        guard let at = word.lastIndex(of: "@") else { return try paths(workspace, word) }
        let path = word[...at]
        return try workspace.completionsOfRevisions().map { path + $0 }
      }
    }
  }

  /// Stages of the current folder, and what ``trackedPath`` completes.
  static var target: CompletionKind {
    .custom { words, _, word in
      complete(words) { try texts($0.completions(ofStage: Array(word.utf8))) }
    }
  }

  /// Remotes by name.
  static var remote: CompletionKind {
    .custom { words, _, _ in complete(words) { try $0.completionsOfRemotes() } }
  }

  /// Branches and tags of git.
  static var revision: CompletionKind {
    .custom { words, _, _ in complete(words) { try $0.completionsOfRevisions() } }
  }

  private static func paths(_ workspace: Workspace, _ word: String) throws -> [String] {
    texts(try workspace.completions(ofPath: Array(word.utf8)))
  }

  /// A name that is no text cannot be typed either.
  private static func texts(_ names: [[UInt8]]) -> [String] {
    names.compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// Nothing where there is no workspace, or where it cannot be read: a shell shows no errors.
  ///
  /// - Parameter words: The command line, which may say where the command is to work.
  private static func complete(
    _ words: [String], _ body: (Workspace) throws -> [String]
  ) -> [String] {
    guard let here = try? AbsolutePath.current() else { return [] }
    var folder = here
    if let option = words.lastIndex(where: { $0 == "--cd" || $0.hasPrefix("--cd=") }) {
      let inner = words[option].dropFirst("--cd=".count)
      // bash makes a word of `=`.
      let name = inner.isEmpty ? words[(option + 1)...].first { $0 != "=" } : String(inner)
      if let name { folder = AbsolutePath(name.pathBytes, relativeTo: here) }
    }
    guard let workspace = try? Workspace.open(from: folder, bare: .allowed(revision: nil)) else {
      return []
    }
    return ((try? body(workspace)) ?? []).compactMap {
      escaped($0, for: CompletionShell.requesting)
    }
  }

  /// A name as the shell's script takes it literally: bash would carry out what stands in it, and
  /// names come from whoever made a commit.
  ///
  /// - Returns: `nil` for a name that no line can hold.
  private static func escaped(_ name: String, for shell: CompletionShell?) -> String? {
    guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
    return switch shell {
    case .bash: "'" + name.replacing("'", with: #"'\''"#) + "'"
    // What follows a colon would be a description.
    case .zsh: name.replacing(#"\"#, with: #"\\"#).replacing(":", with: #"\:"#)
    default: name
    }
  }
}
