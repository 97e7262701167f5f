/// How thorough tests of reliability are, and what they tried.
///
/// `make torture` sets both variables; without them tests take a part and count nothing.
package enum Torture {
  /// Whether nothing is passed over.
  package static var isFull: Bool { Command.variable("DVER_TORTURE") == "1" }

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
