/// What people note about an output; it changes nothing that dver does.
package struct OutputAnnotations: Hashable, Sendable {
  /// `desc`.
  package var summary: String?
  package var type: String?
  package var labels: [String]
  package var meta: ParameterValue?

  package init(
    summary: String? = nil, type: String? = nil, labels: [String] = [], meta: ParameterValue? = nil
  ) {
    self.summary = summary
    self.type = type
    self.labels = labels
    self.meta = meta
  }
}
