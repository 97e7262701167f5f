import DverCore
package import DverFileSystem
package import DverPlot

extension PlotCollection {
  /// The plots and their problems on a page.
  package func page(title: String) -> PlotPage {
    let failed = problems.map {
      PlotPage.Section.problem(title: $0.version, text: $0.problem.message)
    }
    let sections = plots.flatMap { plot -> [PlotPage.Section] in
      guard let section = plot.section else {
        return plot.problems.isEmpty ? [] : [.problem(title: plot.name, text: plot.problemText)]
      }
      return plot.problems.isEmpty
        ? [section] : [section, .problem(title: plot.name, text: plot.problemText)]
    }
    return PlotPage(
      title: title, subtitle: versions.joined(separator: ", "), sections: failed + sections)
  }

  /// Whether there are no plots; those that cannot be drawn have their problems on the page.
  package var isEmpty: Bool { plots.isEmpty }
}

extension Plot {
  fileprivate var problemText: String {
    problems.map { "\($0.version): \($0.problem.message)" }.joined(separator: "\n")
  }
}

extension Workspace {
  /// Writes `index.html` to a folder, which is made where it is missing.
  ///
  /// - Parameters:
  ///   - folder: As the user wrote it.
  ///   - template: A page of the user's own to put the charts into.
  /// - Returns: Where the file is.
  package func write(
    _ page: PlotPage, to folder: [UInt8], template: AbsolutePath? = nil
  ) throws -> AbsolutePath {
    let html: String
    if let template {
      html = try filled(template, with: page)
    } else {
      html = page.html
    }
    let directory = AbsolutePath(folder, relativeTo: current)
    try FileSystem.makeDirectories(directory)
    let file = directory.appending("index.html")
    try FileSystem.replaceContents(of: file, with: Array(html.utf8))
    return file
  }

  private func filled(_ template: AbsolutePath, with page: PlotPage) throws -> String {
    let shown = template.description
    guard let bytes = try FileSystem.contents(of: template) else {
      throw WorkspaceError.missing(shown)
    }
    guard let text = String(validating: bytes, as: UTF8.self), let html = page.html(filling: text)
    else {
      throw WorkspaceError.failed(
        "\(shown) is no page for plots: it lacks '{plot_divs}'",
        hint: "put {plot_divs} where the plots belong")
    }
    return html
  }
}

extension AbsolutePath {
  /// The path as the address of a file, for browsers.
  package var fileAddress: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text = Array("file://".utf8)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), RepositoryPath.slash:
        text.append(byte)
      default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
