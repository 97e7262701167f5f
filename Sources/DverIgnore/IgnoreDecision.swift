/// What the rules say of one path.
package enum IgnoreDecision: Sendable, Hashable {
  /// No rule matches; the path is not ignored.
  case noMatch
  /// The path is or lies below a `.git` or `.dver`, which are ignored without a rule.
  case builtIn
  case ignored(IgnoreRuleReference)
  /// A negated pattern takes the path in again.
  case notIgnored(IgnoreRuleReference)

  package var isIgnored: Bool {
    switch self {
    case .builtIn, .ignored: true
    case .noMatch, .notIgnored: false
    }
  }

  /// The rule that decided; `nil` where none did.
  package var rule: IgnoreRuleReference? {
    switch self {
    case .ignored(let rule), .notIgnored(let rule): rule
    case .noMatch, .builtIn: nil
    }
  }
}

/// A rule of an ``IgnoreStack``: the number of its file, the outermost first, and of its pattern
/// there.
package struct IgnoreRuleReference: Sendable, Hashable {
  let file: Int32
  let pattern: Int32
}
