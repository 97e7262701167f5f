package import DverCore

/// What `doctor` found.
package struct Diagnosis: Sendable {
  package enum Severity: String, Sendable, Comparable {
    /// Nothing is wrong.
    case note
    case problem
    /// Data is missing or not what it should be.
    case damage

    package static func < (left: Severity, right: Severity) -> Bool {
      let order: [Severity] = [.note, .problem, .damage]
      return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
  }

  package struct Finding: Sendable {
    package let severity: Severity
    package let message: String
    package let hint: String
  }

  /// What is so, in the order to show it.
  package private(set) var facts: [(name: String, value: String)] = []
  package private(set) var findings: [Finding] = []

  package init() {}

  mutating func state(_ name: String, _ value: String) {
    facts.append((name, value))
  }

  mutating func report(_ severity: Severity, _ message: String, hint: String) {
    findings.append(Finding(severity: severity, message: message, hint: hint))
  }

  /// Takes an error for a finding.
  mutating func report(_ error: any DverError) {
    report(
      error.exitStatus == .damaged ? .damage : .problem, error.message,
      hint: error.hint ?? "see the message")
  }

  /// 0 if nothing is wrong, 4 for damage, else 2.
  package var exitStatus: ExitStatus {
    switch findings.map(\.severity).max() ?? .note {
    case .note: .done
    case .problem: .failed
    case .damage: .damaged
    }
  }

  package var json: JSONValue {
    [
      "facts": .object(facts.map { (key: $0.name, value: .string($0.value)) }),
      "findings": .array(
        findings.map {
          [
            "severity": .string($0.severity.rawValue), "message": .string($0.message),
            "hint": .string($0.hint),
          ]
        }),
    ]
  }
}
