import DverCore
import DverYAML

/// An entry of the run cache: what a run read and wrote, as its stage lock, behind a line with the
/// version of the format.
package enum RunCacheEntry {
  private static let version = "1"

  /// The bytes of the entry, the same for equal runs.
  package static func printed(_ lock: StageLock) -> [UInt8] {
    var writer = YAMLWriter()
    writer.key("version", indent: 0)
    writer.value(literal: version)
    lock.append(to: &writer, indent: 0)
    return writer.bytes
  }

  /// - Parameter source: The name of the file, for messages.
  /// - Throws: `YAMLError` or `FileFormatError`, which lists everything that is wrong.
  package static func parse(bytes: [UInt8], source: String) throws -> StageLock {
    let document = try YAMLDocument.parse(bytes: bytes, source: source)
    guard let root = document.root else { throw FileFormatError.emptyFile(source) }
    var check = SchemaCheck(source: source)
    let lock = LockFile.readEntry(root, at: "", ignoring: "version", &check)
    if root["version"]?.text != version {
      check.report("expected 'version: \(version)'", at: root, "")
    }
    try check.finish()
    return lock.canonical
  }
}
