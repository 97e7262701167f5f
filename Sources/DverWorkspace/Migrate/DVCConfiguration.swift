import DverCore
import DverFileSystem

/// What the configuration files of a DVC project say, as far as dver knows it too.
struct DVCConfiguration: Sendable {
  struct Remote: Sendable {
    let name: String
    let url: String
    let isLocal: Bool
    /// `nil` where it is no folder.
    let folder: AbsolutePath?
  }

  private(set) var withoutGit = false
  /// Where the objects are.
  private(set) var cacheFolder: AbsolutePath
  private(set) var linkTypes: String?
  private(set) var defaultRemote: (name: String, isLocal: Bool)?
  /// In the order of the files.
  private(set) var remotes: [Remote] = []

  /// - Parameter folder: The folder `.dvc`.
  init(of folder: AbsolutePath) throws {
    cacheFolder = folder.appending("cache")
    for (name, isLocal) in [("config", false), ("config.local", true)] {
      let bytes = try FileSystem.contents(of: folder.appending(name)) ?? []
      for line in Self.lines(bytes) { take(line, folder: folder, isLocal: isLocal) }
    }
  }

  private mutating func take(_ line: Line, folder: AbsolutePath, isLocal: Bool) {
    switch (line.section, line.key) {
    case ("core", "no_scm"):
      withoutGit = ["true", "yes", "on", "1"].contains(line.value.lowercased())
    case ("core", "remote"): defaultRemote = (line.value, isLocal)
    case ("cache", "dir"): cacheFolder = AbsolutePath(line.value, relativeTo: folder)
    case ("cache", "type"): linkTypes = line.value
    case (let section, "url"):
      let mark = "remote \""
      guard section.hasPrefix(mark), section.hasSuffix("\"") else { return }
      let name = String(section.dropFirst(mark.count).dropLast())
      let remote = Remote(
        name: name, url: line.value, isLocal: isLocal,
        folder: Self.folder(line.value, relativeTo: folder))
      remotes.removeAll { $0.name == name }
      remotes.append(remote)
    default: break
    }
  }

  private static func folder(_ url: String, relativeTo folder: AbsolutePath) -> AbsolutePath? {
    if url.hasPrefix("file://") {
      return AbsolutePath(String(url.dropFirst("file://".count)), relativeTo: folder)
    }
    guard !url.isEmpty, !url.contains("://") else { return nil }
    return AbsolutePath(url, relativeTo: folder)
  }

  // MARK: The file

  private struct Line {
    let section: String
    let key: String
    let value: String
  }

  /// The options of an INI file as Python's `configobj` writes it: sections like `['remote "x"']`,
  /// values in quotes where they need some.
  private static func lines(_ bytes: [UInt8]) -> [Line] {
    var section = ""
    var lines: [Line] = []
    for raw in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let text = trimmed(raw)
      if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
        section = unquoted(text[text.index(after: text.startIndex)..<end])
      } else if let equals = text.firstIndex(of: "=") {
        lines.append(
          Line(
            section: section, key: trimmed(text[..<equals]).lowercased(),
            value: unquoted(text[text.index(after: equals)...])))
      }
    }
    return lines
  }

  private static func trimmed(_ text: Substring) -> String {
    let front = text.drop(while: \.isWhitespace)
    return String(front.reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func unquoted(_ text: Substring) -> String {
    let text = trimmed(text)
    for quote in ["\"", "'"] where text.hasPrefix(quote) && text.hasSuffix(quote) && text.count > 1
    {
      return String(text.dropFirst().dropLast())
    }
    return text
  }
}
