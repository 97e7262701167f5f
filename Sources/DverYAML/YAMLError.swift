import DverCore

/// Why a text is not YAML that dver reads, or could not be edited, and where.
package struct YAMLError: DverError, Equatable {
  package enum Problem: Equatable, Sendable {
    /// In the words of the YAML library.
    case syntax(String)
    /// Git's markers of an unfinished merge stand in the file.
    case conflictMarker
    case tooLarge(byteCount: Int)
    case tooDeep
    case tooManyAliases
    case undefinedAlias(String)
    case recursiveAlias(String)
    case duplicateKey(String, first: YAMLMark)
    case keyIsNotScalar
    case badMerge
    case severalDocuments
    case unknownTag(String)
    case oldVersion
    case tooManyDirectives
    case notEditable(String)
  }

  package let source: String
  package let mark: YAMLMark
  package let problem: Problem

  package init(source: String, mark: YAMLMark, problem: Problem) {
    self.source = source
    self.mark = mark
    self.problem = problem
  }

  package var message: String { "\(source):\(mark): \(wording)" }

  package var hint: String? {
    if case .notEditable = problem {
      return "edit the file by hand, or write that part of it in lines of its own"
    }
    guard problem == .conflictMarker else { return nil }
    return source.hasSuffix(".dver") || source.hasSuffix("dver.lock")
      ? "run 'dver resolve' to merge both versions" : "edit the file, then run 'git add'"
  }

  /// In bytes where both would read alike.
  private static func excess(_ count: Int, over maximum: Int) -> String {
    var (found, allowed) = (ByteCount(count).description, ByteCount(maximum).description)
    if found == allowed { (found, allowed) = ("\(count) B", "\(maximum) B") }
    return "\(found) are more than the \(allowed) allowed"
  }

  private var wording: String {
    switch problem {
    case .syntax(let text): text
    case .conflictMarker: "git's conflict markers are still in the file"
    case .tooLarge(let byteCount): Self.excess(byteCount, over: YAMLDocument.maximumByteCount)
    case .tooDeep: "nested deeper than \(YAMLDocument.maximumDepth) levels"
    case .tooManyAliases:
      "aliases repeat more than \(YAMLDocument.maximumAliasedNodeCount) values"
    case .undefinedAlias(let name): "the alias '*\(name)' has no anchor above it"
    case .recursiveAlias(let name): "the alias '*\(name)' stands inside its own anchor"
    case .duplicateKey(let key, let first): "the key '\(key)' stands at \(first) already"
    case .keyIsNotScalar: "a key must be a plain or quoted text"
    case .badMerge: "'<<' takes a mapping or a list of mappings"
    case .severalDocuments: "a second document begins here, only one is allowed"
    case .unknownTag(let tag): "the tag '\(tag)' is not supported"
    case .tooManyDirectives: "more than \(YAMLDocument.maximumDirectiveCount) directives"
    case .oldVersion: "only YAML 1.2 is supported"
    case .notEditable(let reason): "cannot be edited in place: \(reason)"
    }
  }
}
