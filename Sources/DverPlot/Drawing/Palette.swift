/// How series are told apart: colours for versions, dashes or shapes for sources.
enum Palette {
  /// Colours that people with common kinds of colour blindness can tell apart; the style sheet has
  /// them for light and for dark backgrounds.
  static let count = 8

  /// The dashes of a source; empty for a full line.
  static func dash(_ source: Int) -> String {
    ["", "7 4", "2 4", "10 4 2 4", "1 3", "14 5"][source % 6]
  }

  /// The mark of a source, around `x` and `y`.
  static func shape(
    _ source: Int, x: Double, y: Double, class style: String, tooltip: String?,
    into markup: inout Markup
  ) {
    func path(_ corners: [(Double, Double)]) -> String {
      corners.enumerated().map { index, corner in
        "\(index == 0 ? "M" : "L")\((x + corner.0).coordinate) \((y + corner.1).coordinate)"
      }.joined() + "Z"
    }
    switch source % 4 {
    case 0:
      markup.shape(
        "circle", ["class": style, "cx": x.coordinate, "cy": y.coordinate, "r": "4"],
        tooltip: tooltip)
    case 1:
      let square = path([(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)])
      markup.shape("path", ["class": style, "d": square], tooltip: tooltip)
    case 2:
      let triangle = path([(0, -4.6), (4.4, 3.4), (-4.4, 3.4)])
      markup.shape("path", ["class": style, "d": triangle], tooltip: tooltip)
    default:
      let diamond = path([(0, -5), (5, 0), (0, 5), (-5, 0)])
      markup.shape("path", ["class": style, "d": diamond], tooltip: tooltip)
    }
  }
}
