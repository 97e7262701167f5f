import ArgumentParser
import DverFileSystem
import DverWorkspace

extension CompletionKind {
  /// Tracked paths, whether or not they are in place, and other files.
  static var trackedPath: CompletionKind {
    .custom { _, _, word in
      complete { workspace in
        // A name that is no text cannot be typed either.
        try workspace.completions(ofPath: Array(word.utf8)).compactMap {
          String(validating: $0, as: UTF8.self)
        }
      }
    }
  }

  /// Stages of the current folder, and what ``trackedPath`` completes.
  static var stage: CompletionKind {
    .custom { _, _, word in
      complete { workspace in
        try workspace.completions(ofStage: Array(word.utf8)).compactMap {
          String(validating: $0, as: UTF8.self)
        }
      }
    }
  }

  /// Remotes by name.
  static var remote: CompletionKind {
    .custom { _, _, _ in complete { try $0.completionsOfRemotes() } }
  }

  /// Branches and tags of git.
  static var revision: CompletionKind {
    .custom { _, _, _ in complete { try $0.completionsOfRevisions() } }
  }

  /// Nothing where there is no workspace, or where it cannot be read: a shell shows no errors.
  private static func complete(_ body: (Workspace) throws -> [String]) -> [String] {
    guard let current = try? AbsolutePath.current(),
      let workspace = try? Workspace.open(from: current, bare: .allowed(revision: nil))
    else { return [] }
    return (try? body(workspace)) ?? []
  }
}
