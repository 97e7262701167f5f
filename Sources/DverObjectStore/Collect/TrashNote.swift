import DverCore

/// Why a collection took its objects out of sight: the file `about` beside them.
///
/// Whoever empties the trash asks the same question once more, so the note holds all of it.
package struct TrashNote: Hashable, Sendable {
  /// Seconds since 1970, for people.
  package var time: Int64
  /// The project on whose behalf it was done; `nil` where it has no identifier.
  package var project: String?
  /// What was kept, as words of a command line.
  package var scope: [String]
  /// Whether everything that was to be moved has been.
  package var isComplete = false

  package init(time: Int64, project: String?, scope: [String]) {
    (self.time, self.project, self.scope) = (time, project, scope)
  }

  static let fileName = "about"
  private static let header = "dver-trash 1"

  var text: String {
    var lines = [Self.header, "time \(time)"]
    if let project { lines.append("project \(project)") }
    lines += scope.map { "scope \(PathQuoting.quoted(Array($0.utf8)))" }
    if isComplete { lines.append("complete") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads ``text``; `nil` for anything else, such as half of it.
  init?(text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard text.hasSuffix("\n"), lines.popFirst() == Self.header[...] else { return nil }
    self.init(time: 0, project: nil, scope: [])
    for line in lines.dropLast() {
      let words = line.split(separator: " ", maxSplits: 1)
      switch (words.first, words.count) {
      case ("time", 2):
        guard let time = Int64(words[1]) else { return nil }
        self.time = time
      case ("project", 2): project = String(words[1])
      case ("scope", 2):
        guard let word = PathQuoting.unquote(Array(words[1].utf8).span) else { return nil }
        scope.append(String(decoding: word, as: UTF8.self))
      case ("complete", 1): isComplete = true
      default: return nil
      }
    }
  }
}
