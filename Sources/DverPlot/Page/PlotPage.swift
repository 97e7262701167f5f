/// One HTML file with charts, pictures and tables; it needs nothing beside itself.
package struct PlotPage: Sendable {
  package enum Section: Sendable, Equatable {
    case chart(Chart)
    case images(ImageGroup)
    case table(PageTable)
    /// What could not be shown, and why.
    case problem(title: String, text: String)
  }

  package var title: String
  /// What is compared, such as versions; said below the title.
  package var subtitle: String
  package var sections: [Section]

  package init(title: String, subtitle: String = "", sections: [Section]) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  /// The whole file.
  package var html: String {
    var markup = Markup()
    markup.appendVerbatim("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    markup.appendVerbatim(
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    markup.appendVerbatim(
      """
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; img-src data:">

      """)
    markup.appendVerbatim("<meta name=\"color-scheme\" content=\"light dark\">\n")
    markup.element("title", content: title)
    markup.lineEnd()
    markup.appendVerbatim("</head>\n<body>\n")
    markup.append(body)
    markup.appendVerbatim("</body>\n</html>\n")
    return markup.text
  }

  /// A page of the user's own with the charts in it.
  ///
  /// - Parameter template: Its `{plot_divs}` is replaced; `{scripts}` and `{refresh_tag}` are left
  ///   out, since nothing needs them. `nil` is returned for a page without `{plot_divs}`.
  package func html(filling template: String) -> String? {
    guard template.contains("{plot_divs}") else { return nil }
    return template.replacing("{scripts}", with: "").replacing("{refresh_tag}", with: "")
      .replacing("{plot_divs}", with: body.text)
  }

  private var body: Markup {
    var markup = Markup()
    markup.open("style")
    markup.appendVerbatim(PageStyle.sheet)
    markup.close("style")
    markup.lineEnd()
    markup.open("header")
    markup.element("h1", content: title)
    if !subtitle.isEmpty { markup.element("p", content: subtitle) }
    markup.close("header")
    markup.lineEnd()
    markup.open("main")
    markup.lineEnd()
    for section in sections {
      Self.append(section, to: &markup)
      markup.lineEnd()
    }
    markup.close("main")
    markup.lineEnd()
    return markup
  }

  private static func append(_ section: Section, to markup: inout Markup) {
    switch section {
    case .chart(let chart): append(chart, to: &markup)
    case .images(let group): append(group, to: &markup)
    case .table(let table): table.append(to: &markup)
    case .problem(let title, let text):
      markup.open("section", ["class": "problem wide"])
      markup.element("h2", content: title)
      markup.element("p", content: text)
      markup.close("section")
    }
  }

  private static func append(_ chart: Chart, to markup: inout Markup) {
    let drawings = ChartDrawing.drawings(of: chart)
    markup.open("section", drawings.count > 1 ? ["class": "wide"] : [:])
    markup.element("h2", content: chart.title)
    if chart.kind != .confusion { ChartLegend(chart).append(to: &markup) }
    markup.open("div", ["class": "drawings"])
    for drawing in drawings {
      markup.open("figure")
      if !drawing.caption.isEmpty { markup.element("figcaption", content: drawing.caption) }
      markup.append(drawing.markup)
      markup.close("figure")
    }
    markup.close("div")
    markup.close("section")
  }

  private static func append(_ group: ImageGroup, to markup: inout Markup) {
    markup.open("section", group.images.count > 1 ? ["class": "wide"] : [:])
    markup.element("h2", content: group.title)
    markup.open("div", ["class": "drawings"])
    for image in group.images {
      markup.open("figure")
      markup.element("figcaption", content: image.caption)
      markup.open(
        "img", ["src": image.address, "alt": "\(group.title), \(image.caption)", "loading": "lazy"])
      markup.close("figure")
    }
    markup.close("div")
    markup.close("section")
  }
}
