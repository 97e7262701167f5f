package import DverCore

/// The names of folders among data that are none: of git's and dver's own.
package enum ReservedName {
  /// Where files wait for their places, on file systems that have no other folder of dver's. A process
  /// that died may have left one.
  package static let staging = ".dver-staging"

  package static func contains(_ name: some Sequence<UInt8>) -> Bool {
    [".git", ".dver", staging].contains { name.elementsEqual($0.utf8) }
  }
}

extension RepositoryPath {
  /// Whether the path belongs to git or dver, also where file names ignore case.
  package var isReserved: Bool {
    isRoot
      || components.contains { component in
        ReservedName.contains(component.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
      }
  }
}
