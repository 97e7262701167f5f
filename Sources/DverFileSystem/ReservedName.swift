/// The names of folders among data that are none: of git's and dver's own.
package enum ReservedName {
  /// Where files wait for their places, on file systems that have no other folder of dver's. A process
  /// that died may have left one.
  package static let staging = ".dver-staging"

  package static func contains(_ name: some Sequence<UInt8>) -> Bool {
    [".git", ".dver", staging].contains { name.elementsEqual($0.utf8) }
  }
}
