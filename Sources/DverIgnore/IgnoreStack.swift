package import DverCore

/// The ignore files that apply in one folder: its own and those of the folders around it.
///
/// A value: a walk hands each subfolder a copy with that folder's rules added. Of several patterns
/// that match, the last one of the innermost file decides. Below an ignored folder everything is
/// ignored and no pattern can take it in again.
package struct IgnoreStack: Sendable {
  /// Outermost first; files without patterns are left out.
  private var files: [IgnoreRules] = []
  /// What ignores the folder itself.
  private var exclusion: IgnoreDecision?

  package init() {}

  /// Whether any entry may be ignored, beside `.git` and `.dver`.
  package var hasRules: Bool { !files.isEmpty || exclusion != nil }

  /// Adds the rules of the folder that the walk enters, which is known not to be ignored.
  package mutating func push(_ rules: IgnoreRules) {
    guard !rules.isEmpty else { return }
    files.append(rules)
  }

  /// Enters `folder`, a direct subfolder of the present one, which may be ignored.
  ///
  /// - Parameter rules: Reads the folder's own ignore file, if it has one; not called for an
  ///   ignored folder, whose file does not count.
  package mutating func descend<Failure: Error>(
    into folder: Span<UInt8>, rules: () throws(Failure) -> IgnoreRules?
  ) throws(Failure) {
    let decision = decision(forPath: folder, isDirectory: true)
    if decision.isIgnored {
      exclusion = decision
    } else if let rules = try rules() {
      push(rules)
    }
  }

  /// What the rules say of an entry of the present folder.
  ///
  /// - Parameter path: Counted from the workspace's root; must lie in the folder of every file on
  ///   the stack.
  package func decision(forPath path: Span<UInt8>, isDirectory: Bool) -> IgnoreDecision {
    if let exclusion { return exclusion }
    let name = Self.nameStart(path)
    if Self.isBuiltIn(path, name: name) { return .builtIn }
    var file = files.count
    while file > 0 {
      file -= 1
      if let pattern = files[file].lastMatch(path, name: name, isDirectory: isDirectory) {
        return decision(file: file, pattern: pattern)
      }
    }
    return .noMatch
  }

  /// Every rule that matches an entry of the present folder, in the order in which they stand; the
  /// last one decides.
  ///
  /// Below an ignored folder that is the rule which ignores the folder.
  package func matches(forPath path: Span<UInt8>, isDirectory: Bool) -> [IgnoreRuleReference] {
    if let exclusion { return exclusion.rule.map { [$0] } ?? [] }
    let name = Self.nameStart(path)
    var found: [IgnoreRuleReference] = []
    for (file, rules) in files.enumerated().reversed() {
      var end = rules.count
      while let pattern = rules.lastMatch(
        path, name: name, isDirectory: isDirectory, before: end)
      {
        found.append(IgnoreRuleReference(file: Int32(file), pattern: Int32(pattern)))
        end = pattern
      }
    }
    return found.reversed()
  }

  private func decision(file: Int, pattern: Int) -> IgnoreDecision {
    let rule = IgnoreRuleReference(
      file: Int32(truncatingIfNeeded: file), pattern: Int32(truncatingIfNeeded: pattern))
    return files[file].isNegated(pattern) ? .notIgnored(rule) : .ignored(rule)
  }

  private static func nameStart(_ path: Span<UInt8>) -> Int {
    var index = path.count
    while index > 0, path[index - 1] != RepositoryPath.slash { index -= 1 }
    return index
  }

  /// Whether the name is `.git` or `.dver`.
  private static func isBuiltIn(_ path: Span<UInt8>, name: Int) -> Bool {
    let count = path.count - name
    guard count >= 4, path[name] == UInt8(ascii: ".") else { return false }
    let rest = path.extracting(droppingFirst: name + 1)
    return isEqual(rest, "git") || isEqual(rest, "dver")
  }

  private static func isEqual(_ name: Span<UInt8>, _ text: StaticString) -> Bool {
    guard name.count == text.utf8CodeUnitCount else { return false }
    let start = unsafe text.utf8Start
    for index in name.indices {
      if unsafe name[index] != start[index] { return false }
    }
    return true
  }
}

extension IgnoreStack {
  /// The ignore file that holds `rule`.
  package func file(of rule: IgnoreRuleReference) -> RepositoryPath { files[Int(rule.file)].file }

  /// The line of `rule` in its file, counted from 1.
  package func line(of rule: IgnoreRuleReference) -> Int {
    files[Int(rule.file)].line(Int(rule.pattern))
  }

  /// The pattern of `rule` as written.
  package func pattern(of rule: IgnoreRuleReference) -> ArraySlice<UInt8> {
    files[Int(rule.file)].pattern(Int(rule.pattern))
  }

  package func isNegated(_ rule: IgnoreRuleReference) -> Bool {
    files[Int(rule.file)].isNegated(Int(rule.pattern))
  }

  /// The stack of the folder around `path`, for a question about one path outside a walk.
  ///
  /// - Parameter rules: Reads the ignore file of a folder, if it has one.
  package static func around<Failure: Error>(
    _ path: RepositoryPath, rules: (RepositoryPath) throws(Failure) -> IgnoreRules?
  ) throws(Failure) -> IgnoreStack {
    var stack = IgnoreStack()
    if let root = try rules(.root) { stack.push(root) }
    for (index, byte) in path.bytes.enumerated() where byte == RepositoryPath.slash {
      let folder = RepositoryPath(normalized: Array(path.bytes[..<index]))
      try stack.descend(into: folder.bytes.span) { () throws(Failure) in try rules(folder) }
    }
    return stack
  }
}
