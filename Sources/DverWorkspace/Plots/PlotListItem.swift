import DverManifest

/// An item of the list of plots of a pipeline.
struct PlotListItem {
  /// A path, counted from the folder of the pipeline, or a name.
  let id: String
  let properties: PlotProperties

  /// Whether ``id`` is the file, or the folder, that holds the data.
  var isFile: Bool { if case .files? = properties.y { false } else { true } }

  /// Reads `plots` of a pipeline: a list of paths and of maps, or one map.
  static func items(of plots: ParameterValue?) -> [PlotListItem] {
    switch plots {
    case .list(let items)?: items.flatMap { self.items(of: $0) }
    case .map(let members)?:
      members.map { PlotListItem(id: $0.key, properties: PlotProperties($0.value)) }
    case .string(let path)?: [PlotListItem(id: path, properties: PlotProperties())]
    default: []
    }
  }
}
