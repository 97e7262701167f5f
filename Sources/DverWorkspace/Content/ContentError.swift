import DverCore

/// Data that dver cannot track.
package enum ContentError: DverError {
  case special(String)
  case ignoreFile(String)
  case unreadable([String])

  package var message: String {
    switch self {
    case .special(let path): "\(path) is a FIFO, a socket or a device, which cannot be tracked"
    case .ignoreFile(let path): "\(path) is an ignore file inside tracked data"
    case .unreadable(let paths): "cannot read \(paths.joined(separator: ", "))"
    }
  }

  package var hint: String? {
    switch self {
    case .special: "remove it, or name it in .dverignore"
    case .ignoreFile: "move its patterns to a .dverignore above the data"
    case .unreadable: "check the permissions"
    }
  }
}
