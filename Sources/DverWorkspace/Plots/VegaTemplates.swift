/// The standard templates for Vega-Lite, as JSON.
enum VegaTemplates {
  private static let head = """
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json", \
    "data": {"values": "<DVC_METRIC_DATA>"}, \
    "title": {"text": "<DVC_METRIC_TITLE>", "anchor": "middle"}
    """
  private static let size = """
    "width": "<DVC_METRIC_PLOT_WIDTH>", "height": "<DVC_METRIC_PLOT_HEIGHT>"
    """
  private static let zoom = "\"params\": [\"<DVC_METRIC_ZOOM_AND_PAN>\"]"

  private static func axis(_ letter: String, _ type: String, _ more: String = "") -> String {
    let anchor = letter.uppercased()
    return """
      "\(letter)": {"field": "<DVC_METRIC_\(anchor)>", "type": "\(type)", \
      "title": "<DVC_METRIC_\(anchor)_LABEL>"\(more)}
      """
  }

  private static let numbers = """
    \(axis("x", "quantitative", ", \"scale\": {\"zero\": false}")), \
    \(axis("y", "quantitative", ", \"scale\": {\"zero\": false}"))
    """
  private static let color = "\"color\": \"<DVC_METRIC_COLOR>\""
  private static let tooltip = "\"tooltip\": \"<DVC_METRIC_TOOLTIP>\""
  private static let dash = "\"strokeDash\": \"<DVC_METRIC_STROKE_DASH>\""
  private static let shape = "\"shape\": \"<DVC_METRIC_SHAPE>\""

  private static func line(_ mark: String) -> String {
    """
    {\(head), \(size), \(zoom), "mark": \(mark), \
    "encoding": {\(numbers), \(color), \(dash), \(tooltip)}}
    """
  }

  static let simple = line("{\"type\": \"line\"}")
  static let linear = line("{\"type\": \"line\", \"point\": {\"size\": 24}}")

  static let smooth = """
    {\(head), \(size), "encoding": {\(numbers), \(color), \(dash)}, "layer": [\
    {"mark": {"type": "line", "opacity": 0.25}}, \
    {"transform": [{"loess": "<DVC_METRIC_Y>", "on": "<DVC_METRIC_X>", \
    "groupby": "<DVC_METRIC_GROUP_BY>", "bandwidth": 0.15}], "mark": {"type": "line"}}]}
    """

  static let scatter = """
    {\(head), \(size), \(zoom), "mark": {"type": "point", "filled": true, "opacity": 0.6}, \
    "encoding": {\(numbers), \(color), \(shape), \(tooltip)}}
    """

  static let scatterJitter = """
    {\(head), \(size), "transform": [{"calculate": "random()", "as": "dver_right"}, \
    {"calculate": "random()", "as": "dver_down"}], \
    "mark": {"type": "point", "filled": true, "opacity": 0.6}, \
    "encoding": {\(axis("x", "nominal")), \(axis("y", "nominal")), \
    "xOffset": {"field": "dver_right", "type": "quantitative"}, \
    "yOffset": {"field": "dver_down", "type": "quantitative"}, \(color), \(shape), \(tooltip)}}
    """

  private static func bars(sideways: Bool, sort: String = "null") -> String {
    let category = axis(sideways ? "y" : "x", "nominal", ", \"sort\": \(sort)")
    let length = axis(sideways ? "x" : "y", "quantitative")
    let offset = sideways ? "yOffset" : "xOffset"
    return """
      {\(head), \(size), "mark": {"type": "bar"}, "encoding": {\(category), \(length), \
      "\(offset)": {"field": "rev"}, \(color), \(tooltip)}}
      """
  }

  static let barHorizontal = bars(sideways: true)
  static let barHorizontalSorted = bars(sideways: true, sort: "\"-x\"")
  static let barVertical = bars(sideways: false)

  private static func table(_ transform: String, _ shown: String) -> String {
    """
    {\(head), \
    "facet": {"column": {"field": "rev", "type": "nominal"}, "row": "<DVC_METRIC_ROW>"}, \
    "spec": {\(size), \
    "transform": [{"aggregate": [{"op": "count", "as": "count"}], \
    "groupby": ["rev", "<DVC_METRIC_X>", "<DVC_METRIC_Y>"]}\(transform)], \
    "encoding": {\(axis("x", "nominal")), \(axis("y", "nominal"))}, \
    "layer": [{"mark": {"type": "rect"}, \
    "encoding": {"color": {"field": "\(shown)", "type": "quantitative"}}}, \
    {"mark": {"type": "text"}, \
    "encoding": {"text": {"field": "\(shown)", "type": "quantitative"}}}]}}
    """
  }

  static let confusion = table("", "count")
  static let confusionNormalized = table(
    """
    , {"joinaggregate": [{"op": "sum", "field": "count", "as": "total"}], \
    "groupby": ["rev", "<DVC_METRIC_Y>"]}, \
    {"calculate": "datum.count / datum.total", "as": "share"}
    """, "share")
}
