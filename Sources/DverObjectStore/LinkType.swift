/// How an object gets into the workspace.
package enum LinkType: String, Sendable, CaseIterable {
  case reflink
  case hardlink
  case symlink
  case copy

  /// Whether a file in the workspace is the object itself, under another name.
  package var isLink: Bool { self == .hardlink || self == .symlink }

  /// What `cache.type` means: names in order of preference, separated by commas; the first that the
  /// file system offers is taken.
  package static func list(_ text: String) -> [LinkType]? {
    let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
    let types = names.compactMap(LinkType.init(rawValue:))
    return types.count == names.count && !types.isEmpty ? types : nil
  }

  package static let standard: [LinkType] = [.reflink, .copy]
}
