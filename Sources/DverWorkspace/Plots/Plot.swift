package import DverCore
import DverManifest
package import DverPlot

/// One plot in all versions that are shown.
package struct Plot: Sendable {
  /// What the plot is called.
  package let name: String
  package let content: Content
  /// What could not be shown of it.
  package let problems: [Problem]

  package enum Content: Sendable {
    case chart(PlotChart)
    case images(ImageGroup)
  }

  /// A problem of one version.
  package struct Problem: Sendable {
    package let version: String
    /// The file that it is about; `nil` if it is about the plot.
    package let source: String?
    package let problem: ReadingProblem
  }

  /// Whether nothing is left to be seen.
  package var isEmpty: Bool {
    switch content {
    case .chart(let chart): chart.isEmpty
    case .images(let group): group.images.isEmpty
    }
  }

  /// The plot on a page; `nil` if there is nothing to be seen.
  package var section: PlotPage.Section? {
    guard !isEmpty else { return nil }
    return switch content {
    case .chart(let chart): .chart(chart.chart)
    case .images(let group): .images(group)
    }
  }

  /// The items that JSON has for the plot.
  package func json(isSplit: Bool) throws -> JSONValue {
    switch content {
    case .chart(let chart):
      guard !chart.isEmpty else { return [] }
      return [try chart.json(isSplit: isSplit)]
    case .images(let group):
      return .array(
        group.images.map { image in
          [
            "type": "image", "revisions": [.string(image.caption)],
            "url": .string(image.address),
          ]
        })
    }
  }
}

extension Plot.Problem {
  /// - Parameter name: What the plot is called; `nil` for a problem of the whole version.
  package func json(of name: String?) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    if let name { members.append((key: "name", value: .string(name))) }
    members.append((key: "rev", value: .string(version)))
    if let source { members.append((key: "source", value: .string(source))) }
    members.append((key: "type", value: .string(problem.type)))
    members.append((key: "msg", value: .string(problem.message)))
    return .object(members)
  }
}
