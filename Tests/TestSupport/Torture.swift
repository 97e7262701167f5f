/// How thorough tests of reliability are, and what they tried.
///
/// `make torture` sets the variables; without them tests take a small part and count nothing.
package enum Torture {
  /// Whether nothing is passed over but combinations.
  package static var isFull: Bool { isExhaustive || Command.variable("DVER_TORTURE") == "1" }

  /// Whether every moment meets every fault, not one or two of them in turn.
  package static var isExhaustive: Bool { Command.variable("DVER_TORTURE") == "all" }

  /// Counts what was tried, in a line of the file `DVER_TORTURE_REPORT`.
  ///
  /// - Parameters:
  ///   - subject: Such as `add`.
  ///   - trial: What was done to it, such as `kill`.
  package static func note(_ subject: String, _ trial: String, _ count: Int) {
    guard let file = Command.variable("DVER_TORTURE_REPORT"), count > 0 else { return }
    let line = Array("\(subject)\t\(trial)\t\(count)\n".utf8)
    do {
      try writeFile(line, to: Array(file.utf8), append: true)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
