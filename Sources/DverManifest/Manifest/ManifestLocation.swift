package import DverCore
import DverHashing

/// Where the nodes of a manifest are kept as files.
///
/// A directory of the data becomes a folder, with the directory's node in the file `+`. A range is
/// `+0` if it is the directory's first one, else `+` and 16 hexadecimal digits of the SHA-256 of
/// its first path; a range inside a range has two plus signs instead of one.
package enum ManifestLocation {
  /// The folder of the data set or directory at `path`, below `.dver/manifests`, or of a directory
  /// inside a data set, below the data set's folder.
  package static func folder(of path: RepositoryPath) -> RepositoryPath {
    RepositoryPath(normalized: folder(ofDirectory: path.bytes.span))
  }

  /// The node file of the data set or directory at `path`.
  package static func directoryNode(of path: RepositoryPath) -> RepositoryPath {
    folder(of: path).appending([plus])
  }

  /// A component as the name of a folder: itself where every file system and git take it, else
  /// `+x` and the first 32 hexadecimal digits of its SHA-256.
  package static func folderName(of component: some Collection<UInt8>) -> [UInt8] {
    var name: [UInt8] = []
    let bytes = Array(component)
    append(component: bytes.span, to: &name)
    return name
  }

  static func folder(ofDirectory path: Span<UInt8>) -> [UInt8] {
    var folder: [UInt8] = []
    var start = 0
    while start < path.count {
      var end = start
      while end < path.count, path[end] != RepositoryPath.slash { end += 1 }
      if start > 0 { folder.append(RepositoryPath.slash) }
      append(component: path.extracting(start..<end), to: &folder)
      start = end + 1
    }
    return folder
  }

  static func append(component: Span<UInt8>, to folder: inout [UInt8]) {
    if isPlain(component) { return folder.append(component) }
    let digest = SHA256.digest(of: component)
    folder.append(plus)
    folder.append(UInt8(ascii: "x"))
    HexText.append(digest.words.0, to: &folder)
    HexText.append(digest.words.1, to: &folder)
  }

  static func directoryNode(inFolder folder: [UInt8]) -> RepositoryPath {
    RepositoryPath(normalized: folder).appending([plus])
  }

  /// The file of a range whose first path has a digest beginning with `word`, `nil` for the first
  /// range of its directory.
  static func range(
    inFolder folder: [UInt8], startingAt word: UInt64?, isInner: Bool
  ) -> RepositoryPath {
    var name = isInner ? [plus, plus] : [plus]
    if let word { HexText.append(word, to: &name) } else { name.append(UInt8(ascii: "0")) }
    return RepositoryPath(normalized: folder).appending(name)
  }

  private static let plus = UInt8(ascii: "+")
  /// Names that git refuses begin so.
  private static let reservedBeginnings = [Array(".git".utf8), Array("git~".utf8)]

  private static func isPlain(_ component: Span<UInt8>) -> Bool {
    guard (1...200).contains(component.count), component[0] != plus else { return false }
    let last = component[component.count - 1]
    if last == UInt8(ascii: ".") || last == UInt8(ascii: " ") { return false }
    for index in component.indices {
      switch component[index] {
      case ..<0x20, 0x7f, UInt8(ascii: "\\"), UInt8(ascii: ":"), UInt8(ascii: "*"),
        UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "|"):
        return false
      default: break
      }
    }
    for beginning in reservedBeginnings where component.count >= beginning.count {
      var isEqual = true
      for (index, byte) in beginning.enumerated() where lowercased(component[index]) != byte {
        isEqual = false
      }
      if isEqual { return false }
    }
    return PathQuoting.isValidUTF8(component)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte + 0x20 : byte
  }
}
