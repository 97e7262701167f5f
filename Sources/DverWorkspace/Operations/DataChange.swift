import DverCore
import DverManifest

/// What was or is at a tracked path, by digest.
enum DataState: Hashable, Sendable {
  case missing
  case file(Digest, size: Int64, isExecutable: Bool)
  /// By the root node of its manifest.
  case directory(Digest)
  /// A link that leads into no store, by its target.
  case link(Digest)
  /// A command that failed left it half done.
  case unknown

  init(_ content: WorkspaceContent) {
    switch content {
    case .missing: self = .missing
    case .file(let file):
      self = .file(file.digest, size: file.size, isExecutable: file.isExecutable)
    case .directory(let directory): self = .directory(directory.name.digest)
    }
  }

  init(_ record: OutputRecord?) {
    guard let record, let name = record.name else {
      self = .missing
      return
    }
    self =
      name.isDirectory
      ? .directory(name.digest)
      : .file(name.digest, size: record.size ?? -1, isExecutable: record.isExecutable)
  }

  /// What a pointer would say; `nil` for what no pointer can name.
  var record: OutputRecord? {
    switch self {
    case .missing, .link, .unknown: nil
    case .directory(let digest):
      OutputRecord(path: [], name: ContentName(digest: digest, isDirectory: true))
    case .file(let digest, let size, let isExecutable):
      OutputRecord(
        path: [], name: ContentName(digest: digest, isDirectory: false),
        size: size < 0 ? nil : size, isExecutable: isExecutable)
    }
  }

  /// The object that it is made from; `nil` where there is none.
  var name: ContentName? {
    if case .link(let digest) = self { return ContentName(digest: digest, isDirectory: false) }
    return record?.name
  }

  /// Whether both are the same content; a size that was not recorded says nothing.
  func isSame(as other: DataState) -> Bool {
    if case .file(let digest, _, let mode) = self, case .file(digest, _, mode) = other {
      return true
    }
    return self == other
  }
}

/// A change of the data at a tracked path.
struct DataChange: Sendable {
  let path: RepositoryPath
  let old: DataState
  let new: DataState
}

extension DataState: CustomStringConvertible {
  /// One word, as operation records hold it.
  var description: String {
    switch self {
    case .missing: "-"
    case .file(let digest, let size, let isExecutable):
      "\(isExecutable ? "x" : "f"):\(digest):\(size)"
    case .directory(let digest): "d:\(digest)"
    case .link(let digest): "l:\(digest)"
    case .unknown: "?"
    }
  }

  /// Reads what ``description`` prints; `nil` for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: ":")
    let digest = parts.count > 1 ? Digest(hex: String(parts[1])) : nil
    switch (parts.first, digest) {
    case ("-", _) where text == "-": self = .missing
    case ("?", _) where text == "?": self = .unknown
    case ("d", let digest?) where parts.count == 2: self = .directory(digest)
    case ("l", let digest?) where parts.count == 2: self = .link(digest)
    case ("f", let digest?) where parts.count == 3, ("x", let digest?) where parts.count == 3:
      guard let size = Int64(parts[2]) else { return nil }
      self = .file(digest, size: size, isExecutable: parts[0] == "x")
    default: return nil
    }
  }
}
