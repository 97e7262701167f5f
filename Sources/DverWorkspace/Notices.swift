/// Where a workspace tells its user what happens beside the result.
package struct Notices: Sendable {
  private let tell: @Sendable (_ kind: Kind, _ text: String) -> Void

  package enum Kind: Sendable {
    case status
    case warning
  }

  package init(_ tell: @escaping @Sendable (Kind, String) -> Void = { _, _ in }) {
    self.tell = tell
  }

  package func status(_ text: String) { tell(.status, text) }
  package func warning(_ text: String) { tell(.warning, text) }
}
