package import DverCore

/// Why nothing was collected.
package enum CollectError: DverError {
  /// What a version needs cannot be told.
  case unreadable(place: String, reason: any DverError)
  case unreadableNames(project: String, place: String, reason: String)
  /// What the workspace needs whose cache a store is.
  case unreadableHost(String, place: String, reason: any DverError)
  case incompleteClone
  case absentWorkTree(String)
  case linkedWorkspace
  case noRemoteStore(String)
  case unknownProject(String, known: [String])
  case notConfirmed(String)

  package var message: String {
    switch self {
    case .unreadable: "nothing was collected: \(cause)"
    case .unreadableNames(let project, let place, let reason):
      "nothing was collected: what project \(project) has in \(place) cannot be told: \(reason)"
    case .unreadableHost(let folder, let place, let reason):
      "nothing was collected: \(place) is that of \(folder), whose needs cannot be told: "
        + ((reason as? CollectError)?.cause ?? reason.message)
    case .incompleteClone:
      "this clone is shallow or partial, so what remotes and shared caches must keep cannot be told"
    case .absentWorkTree(let folder):
      "the linked work tree \(folder) is not there, so what it needs cannot be told"
    case .linkedWorkspace:
      "files of the workspace are links to objects, which only the cache can hold"
    case .noRemoteStore(let name): "remote '\(name)' holds nothing yet"
    case .unknownProject(let name, _): "no project '\(name)' has a list there"
    case .notConfirmed(let text): "nothing was done: \(text)"
    }
  }

  /// The message without what came of it.
  private var cause: String {
    if case .unreadable(let place, let reason) = self { return "in \(place), \(reason.message)" }
    return message
  }

  package var hint: String? {
    switch self {
    case .unreadable(_, let reason): reason.hint
    case .unreadableHost(let folder, _, let reason): reason.hint ?? "run 'dver gc' in \(folder)"
    case .unreadableNames(let project, _, _):
      "run 'dver gc' or 'dver push' in that project, or 'dver gc --forget \(project)'"
    case .incompleteClone: "run 'git fetch --unshallow', or use 'dver gc -w' without -c"
    case .absentWorkTree:
      "bring it back, or run 'git worktree prune' if it is gone for good"
    case .linkedWorkspace: "run 'dver unprotect' and choose another cache.type first"
    case .noRemoteStore: "run 'dver push' first"
    case .unknownProject(_, let known):
      known.isEmpty ? "there are none" : "there are: \(known.joined(separator: ", "))"
    case .notConfirmed: "use -f to go on without being asked, or --dry to look"
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .unreadable(_, let reason), .unreadableHost(_, _, let reason): reason.exitStatus
    case .unreadableNames: .damaged
    default: .failed
    }
  }
}
