import DverManifest

/// The points of one plot in one version.
struct PlotPoints {
  struct Source: Hashable {
    /// The name of the file without what all files of the plot have in common.
    let file: String
    let field: String
  }

  /// Points of one source, with the names of version, file and field in each.
  struct Part {
    let source: Source
    let records: [PlotRecords.Record]
  }

  private(set) var parts: [Part] = []
  /// The fields of the records that stand along the axes.
  private(set) var xField = stepField
  private(set) var yField: String?
  private(set) var xLabel = stepField
  private(set) var yLabel: String?

  var isEmpty: Bool { parts.allSatisfy { $0.records.isEmpty } }

  static let stepField = "step"
  private static let jointX = "dvc_inferred_x_value"
  private static let jointY = "dvc_inferred_y_value"

  private struct FileField: Hashable {
    let file: String
    let field: String
  }

  /// - Parameters:
  ///   - id: The plot, whose own file is called so.
  ///   - data: What each file holds, by name.
  ///   - version: What the version is called.
  init(
    _ id: String, _ properties: PlotProperties, data: [String: ParameterValue], version: String
  ) throws {
    let records = data.mapValues { PlotRecords.records(of: $0) }
    let ys = try Self.ys(id, properties, data).map { try Self.checked($0, records) }
    let xs = try Self.xs(id, properties, ys).map { try Self.checked($0, records) }
    guard xs.count <= 1 || xs.count == ys.count else {
      throw PlotError.sourceCounts(x: xs.count, y: ys.count)
    }
    setFields(xs, ys, properties)
    let files = Self.withoutCommonFolder(ys.map(\.file))
    for (index, y) in ys.enumerated() {
      let x = xs.isEmpty ? nil : xs[xs.count > 1 ? index : 0]
      let source = Source(file: files[index], field: y.field)
      var points = records[y.file] ?? []
      try join(&points, x, y, records)
      for place in points.indices {
        points[place].set("rev", .string(version))
        points[place].set("filename", .string(source.file))
        points[place].set("field", .string(source.field))
      }
      parts.append(Part(source: source, records: points))
    }
  }

  private mutating func setFields(
    _ xs: [FileField], _ ys: [FileField], _ properties: PlotProperties
  ) {
    let (xNames, yNames) = (Set(xs.map(\.field)), Set(ys.map(\.field)))
    if let first = xs.first { xField = xNames.count > 1 ? Self.jointX : first.field }
    yField = yNames.count > 1 ? Self.jointY : ys.first?.field
    xLabel = properties.xLabel ?? (xNames.count > 1 ? "x" : xs.first?.field ?? Self.stepField)
    yLabel = properties.yLabel ?? (yNames.count > 1 ? "y" : ys.first?.field)
  }

  /// Gives points the values of both axes under the fields of the plot.
  private func join(
    _ points: inout [PlotRecords.Record], _ x: FileField?, _ y: FileField,
    _ records: [String: [PlotRecords.Record]]
  ) throws {
    if let yField, yField != y.field {
      for place in points.indices {
        if let value = points[place][y.field] { points[place].set(yField, value) }
      }
    }
    guard let x else {
      for place in points.indices { points[place].set(xField, .integer(Int64(place))) }
      return
    }
    let others = records[x.file] ?? []
    guard others.count == points.count else {
      throw PlotError.lengths(
        x: "'\(x.field)' of \(x.file)", y: "'\(y.field)' of \(y.file)")
    }
    for place in points.indices {
      if let value = others[place][x.field] { points[place].set(xField, value) }
    }
  }

  // MARK: Fields

  private static func ys(
    _ id: String, _ properties: PlotProperties, _ data: [String: ParameterValue]
  ) -> [FileField] {
    switch properties.y {
    case .files(let files)?: pairs(files)
    case .own(let fields)?: fields.map { FileField(file: id, field: $0) }
    case nil:
      data[id].flatMap { PlotRecords.lastField(of: $0) }.map { [FileField(file: id, field: $0)] }
        ?? []
    }
  }

  private static func xs(
    _ id: String, _ properties: PlotProperties, _ ys: [FileField]
  ) -> [FileField] {
    switch properties.x {
    case .files(let files)?: return pairs(files)
    case .own(let fields)?:
      guard case .files? = properties.y, let field = fields.first else {
        return fields.map { FileField(file: id, field: $0) }
      }
      return ys.map { FileField(file: $0.file, field: field) }
    case nil: return []
    }
  }

  private static func pairs(_ files: [PlotProperties.FileFields]) -> [FileField] {
    files.flatMap { file in file.fields.map { FileField(file: file.file, field: $0) } }
  }

  private static func checked(
    _ pair: FileField, _ records: [String: [PlotRecords.Record]]
  ) throws -> FileField {
    if let first = records[pair.file]?.first, first[pair.field] == nil {
      throw PlotError.noField(pair.field, source: pair.file, known: first.map(\.key))
    }
    return pair
  }

  /// Names without the folders that all of them lie in.
  private static func withoutCommonFolder(_ files: [String]) -> [String] {
    let paths = Set(files).map { $0.split(separator: "/") }
    guard paths.count > 1, let first = paths.first else {
      // A single name is its own common part to DVC only where there are several.
      return files
    }
    var count = 0
    while count < first.count, paths.allSatisfy({ $0.count > count && $0[count] == first[count] }) {
      count += 1
    }
    return files.map { $0.split(separator: "/").dropFirst(count).joined(separator: "/") }
  }
}
