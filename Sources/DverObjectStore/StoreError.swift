package import DverCore

/// What goes wrong with an object store.
package enum StoreError: DverError {
  case missing(Digest, store: String)
  case damaged(Digest, path: String)
  case notAStore(String)
  /// A folder that is to become a store has something of somebody else's under a name of a store's.
  case occupied(String, name: String)
  /// A folder that looks like a store but for the file that says so.
  case lostDescriptor(String)
  case unreadableDescriptor(String, reason: String)
  case unknownRequirement(String, feature: String)
  /// A feature that a program must know to tell what is unused.
  case unknownUse(String, feature: String)

  package var message: String {
    switch self {
    case .missing(let digest, let store): "object \(digest) is not in \(store)"
    case .damaged(let digest, let path): "\(path) is damaged: its content is not \(digest)"
    case .occupied(let path, let name):
      "\(path) cannot become an object store: it holds '\(name)', and no dver-store file"
    case .notAStore(let path): "\(path) is not an object store: it has no dver-store file"
    case .lostDescriptor(let path):
      "\(path) holds objects, but has lost its file dver-store, without which it is no object store"
    case .unreadableDescriptor(let path, let reason): "\(path) is not readable: \(reason)"
    case .unknownRequirement(let path, let feature):
      "\(path) requires '\(feature)', which this version of dver does not know"
    case .unknownUse(let path, let feature):
      "\(path) uses '\(feature)', and this version of dver cannot tell what that needs"
    }
  }

  package var hint: String? {
    switch self {
    case .missing: "run 'dver pull' to fetch it from a remote, or 'dver add' where the data is"
    case .damaged: "run 'dver verify' to set damaged objects aside, then 'dver pull'"
    case .occupied: "name an empty folder, such as one inside of it"
    case .notAStore: "check that the share is mounted"
    case .lostDescriptor:
      "run 'dver repair', for a remote with -r NAME, to write it again"
    case .unreadableDescriptor: "restore the file from a backup of the store"
    case .unknownRequirement, .unknownUse: "install a newer dver"
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .missing, .damaged, .lostDescriptor: .damaged
    default: .failed
    }
  }
}
