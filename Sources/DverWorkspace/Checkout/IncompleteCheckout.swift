package import DverCore

/// A checkout that could not do all of it; what it did stays done.
package struct IncompleteCheckout: DverError {
  package let summary: CheckoutSummary
  package let cause: WorkspaceError

  package var message: String { cause.message }
  package var hint: String? { cause.hint }
  package var exitStatus: ExitStatus { cause.exitStatus }
}
