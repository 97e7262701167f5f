/// How many there are of something, as people read it.
package enum CountText {
  /// Such as `1 object` or `3 objects`.
  package static func text(_ count: some BinaryInteger, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
