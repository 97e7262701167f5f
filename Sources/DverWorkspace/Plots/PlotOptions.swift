/// What `plots show` and `plots diff` show.
package struct PlotOptions: Sendable {
  /// Files, folders and names of plots, as the user wrote them; everything if empty.
  package var targets: [String] = []
  /// Revisions in git's syntax, and `workspace`; the workspace alone if empty.
  package var revisions: [String] = []
  /// Whether the workspace is compared with HEAD where less than two versions are named.
  package var compares = false
  /// Whether a target that is neither a file nor a plot may be a revision.
  package var takesRevisions = false
  package var properties = PlotProperties()

  package init() {}
}
