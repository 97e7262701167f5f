import DverCore
package import DverManifest
package import DverPlot

/// What a report compares.
package struct ReportOptions: Sendable {
  /// A revision in git's syntax or `workspace`; HEAD if `nil`.
  package var old: String?
  /// The workspace if `nil`.
  package var new: String?

  package init() {}
}

extension Workspace {
  /// A page with the metrics, parameters and plots of two versions.
  ///
  /// - Parameter text: How a value stands in a table; `nil` is a value that is not there.
  package func report(
    _ options: ReportOptions, text: (ParameterValue?) -> String
  ) throws -> PlotPage {
    var comparison = ComparisonOptions()
    (comparison.old, comparison.new) = (options.old, options.new)
    let names = [options.old ?? "HEAD", options.new ?? NamedVersion.workspaceName]
    let parameters = try parametersDifference(comparison)
    comparison.includesUnchanged = true
    let metrics = try metricsDifference(comparison)
    var plotOptions = PlotOptions()
    plotOptions.compares = true
    plotOptions.revisions = names
    let plots = try plots(plotOptions)
    var page = plots.page(title: "Report")
    page.subtitle = "\(names[1]) compared with \(names[0])"
    let tables = [
      table("Metrics", metrics, names, showsChange: true, text),
      table("Changed parameters", parameters, names, showsChange: false, text),
    ]
    page.sections = tables.compactMap(\.self).map { .table($0) } + page.sections
    return page
  }

  private func table(
    _ title: String, _ difference: ValueDifference, _ names: [String], showsChange: Bool,
    _ text: (ParameterValue?) -> String
  ) -> PageTable? {
    let rows = difference.files.flatMap { file in
      file.changes.map { change in
        [displayed(file.path), change.key, text(change.old), text(change.new)]
          + (showsChange ? [text(change.difference)] : [])
      }
    }
    guard !rows.isEmpty else { return nil }
    return PageTable(
      title: title, columns: ["File", "Name"] + names + (showsChange ? ["Change"] : []),
      rows: rows, firstNumberColumn: 2)
  }
}
