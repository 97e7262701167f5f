package import DverCore

/// The listing of a directory in a cache of DVC.
package struct DVCListing: Sendable {
  package struct File: Sendable {
    package let path: RepositoryPath
    package let hash: DVCHash

    package init(path: RepositoryPath, hash: DVCHash) {
      self.path = path
      self.hash = hash
    }
  }

  /// Sorted by path.
  package let files: [File]

  /// - Throws: ``FileFormatError``, also for paths that lead elsewhere.
  package init(_ bytes: [UInt8], of hash: DVCHash, source: String) throws {
    guard case .list(let items) = try ParameterValue(json: bytes, source: source) else {
      throw Self.refusal(source, "it is no list")
    }
    files = try items.map { item in
      guard case .map(let members) = item,
        case .string(let path)? = members.first(where: { $0.key == "relpath" })?.value,
        case .string(let digits)? = members.first(where: { $0.key == "md5" })?.value,
        let name = DVCHash(digits, ignoresLineEnds: hash.ignoresLineEnds), !name.isDirectory
      else { throw Self.refusal(source, "an item has no 'relpath' and 'md5'") }
      guard let inside = RepositoryPath(path), !inside.isRoot else {
        throw Self.refusal(source, "\(PathQuoting.quoted(Array(path.utf8))) leads out of it")
      }
      return File(path: inside, hash: name)
    }.sorted { $0.path < $1.path }
    for (one, next) in zip(files, files.dropFirst()) where next.path.isInside(one.path) {
      throw Self.refusal(source, "\(one.path) stands in it twice")
    }
  }

  /// The text whose MD5 is the name of a directory with these files.
  package static func text(of files: [File]) -> [UInt8] {
    let items = files.sorted { $0.path < $1.path }.map { file in
      "{\"md5\": \"\(file.hash.digits)\", \"relpath\": \"\(escaped(file.path.text))\"}"
    }
    return Array("[\(items.joined(separator: ", "))]".utf8)
  }

  /// As Python's library prints a text in JSON: in ASCII.
  private static func escaped(_ text: String) -> String {
    let short: [UInt16: String] = [
      8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: "\\\"", 92: "\\\\",
    ]
    return text.utf16.map { unit in
      if let escape = short[unit] { return escape }
      if (32..<127).contains(unit) { return String(UnicodeScalar(UInt8(unit))) }
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }.joined()
  }

  private static func refusal(_ source: String, _ problem: String) -> FileFormatError {
    FileFormatError(
      source: source,
      problems: [
        FileFormatError.Problem(
          line: 1, column: 1, keyPath: "", text: "no listing of a directory: \(problem)", hint: nil)
      ])
  }
}
