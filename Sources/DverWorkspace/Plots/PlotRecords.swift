import DverCore
import DverManifest
import DverPlot

/// The data of a plot: records of named values, one a point.
enum PlotRecords {
  typealias Record = [ParameterValue.Member]

  /// Whether a file with this name can hold the data of a plot.
  static func isData(_ source: String) -> Bool {
    let name = source.lowercased()
    return [".csv", ".tsv", ".json", ".yaml", ".yml", ".toml"].contains { name.hasSuffix($0) }
  }

  /// Reads a file by the ending of its name: CSV, TSV, JSON, YAML or TOML.
  static func read(
    _ bytes: [UInt8], source: String, hasHeading: Bool
  ) throws -> ParameterValue {
    let name = source.lowercased()
    for (ending, delimiter) in [(".csv", UInt8(ascii: ",")), (".tsv", UInt8(ascii: "\t"))]
    where name.hasSuffix(ending) {
      return try table(bytes, source: source, delimiter: delimiter, hasHeading: hasHeading)
    }
    guard isData(source) else { throw PlotError.unknownFormat(source) }
    return try ValueFile.value(bytes: bytes, source: source)
  }

  private static func table(
    _ bytes: [UInt8], source: String, delimiter: UInt8, hasHeading: Bool
  ) throws -> ParameterValue {
    do throws(DelimitedTextError) {
      let text = try DelimitedText(bytes, delimiter: delimiter)
      guard let first = text.rows.first else { return .list([]) }
      let names = hasHeading ? first : first.indices.map { String($0) }
      return .list(
        text.rows.dropFirst(hasHeading ? 1 : 0).map { row in
          .map(
            names.enumerated().map { index, name in
              let value = index < row.count ? ParameterValue.string(row[index]) : .null
              return ParameterValue.Member(key: name, value: value)
            })
        })
    } catch {
      throw PlotError.badTable(source, error.message)
    }
  }

  /// The records that a value holds: those of every list of maps in it, side by side.
  static func records(of value: ParameterValue) -> [Record] {
    var records: [Record] = []
    for list in lists(in: value) {
      guard let found = self.records(ofList: list) else { continue }
      for (index, record) in found.enumerated() {
        if index == records.count {
          records.append(record)
        } else {
          for member in record { records[index].set(member.key, member.value) }
        }
      }
    }
    return records
  }

  /// The field that a plot shows if nobody says which: the last one of the first list of maps.
  static func lastField(of value: ParameterValue) -> String? {
    for list in lists(in: value) {
      let maps = list.compactMap(record)
      if maps.count == list.count, let first = maps.first { return first.last?.key }
    }
    return nil
  }

  private static func lists(in value: ParameterValue) -> [[ParameterValue]] {
    switch value {
    case .list(let items): [items]
    case .map(let members):
      members.flatMap { member -> [[ParameterValue]] in
        switch member.value {
        case .list(let items): [items]
        case .map: lists(in: member.value)
        default: []
        }
      }
    default: []
    }
  }

  /// The items of a list as records; `nil` where they are none, or where the first one lacks a field
  /// that another one has.
  private static func records(ofList list: [ParameterValue]) -> [Record]? {
    let records = list.compactMap(record)
    guard records.count == list.count, let first = records.first else { return nil }
    let names = Set(first.map(\.key))
    return records.allSatisfy { $0.allSatisfy { names.contains($0.key) } } ? records : nil
  }

  private static func record(_ value: ParameterValue) -> Record? {
    if case .map(let members) = value { members } else { nil }
  }
}

extension PlotRecords.Record {
  subscript(field: String) -> ParameterValue? { first { $0.key == field }?.value }

  /// Gives a field a value, in its place or behind the others.
  mutating func set(_ key: String, _ value: ParameterValue) {
    if let index = firstIndex(where: { $0.key == key }) {
      self[index].value = value
    } else {
      append(ParameterValue.Member(key: key, value: value))
    }
  }
}
