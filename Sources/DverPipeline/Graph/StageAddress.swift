package import DverCore

/// Names a stage among those of all files of the workspace.
package struct StageAddress: Hashable, Comparable, Sendable {
  /// The file that defines the stage.
  package let file: RepositoryPath
  /// `name` or `name@key`.
  package let name: String

  /// What the file is called where no other name is given.
  package static let defaultFileName = "dver.yaml"

  package init(file: RepositoryPath, name: String) {
    self.file = file
    self.name = name
  }

  /// The part of the name before `@`: that of the group the stage belongs to, or its own.
  package var groupName: Substring { name.prefix { $0 != "@" } }

  /// The name that the stage's file gives it, or `folder/dver.yaml:name` outside the top folder.
  package var text: String {
    file.bytes.elementsEqual(Self.defaultFileName.utf8) ? name : "\(file.text):\(name)"
  }

  /// The name under which one in `folder` knows the stage.
  package func shown(from folder: RepositoryPath) -> String {
    file == folder.appending(Self.defaultFileName.utf8)
      ? name : "\(file.shown(from: folder)):\(name)"
  }

  /// A name for the stage's files: letters, digits, `.`, `_`, `-` as they are, anything else and a
  /// leading dot as `%` and two hexadecimal digits.
  ///
  /// A name that gets too long for a file system ends in a part of its digest.
  package var fileName: String { SafeFileName.encoded(Array(text.utf8)) }

  package static func < (left: StageAddress, right: StageAddress) -> Bool {
    left.file != right.file
      ? left.file < right.file
      : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}

extension StageAddress: CustomStringConvertible {
  package var description: String { text }
}
