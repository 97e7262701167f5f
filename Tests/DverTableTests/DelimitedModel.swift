@testable import DverTable

/// Delimited text read a byte at a time, slowly and obviously; `nil` where a quote is not closed.
enum DelimitedModel {
  private struct Field {
    var start: Int
    var content: [UInt8] = []
    var end = 0
  }

  static func read(_ text: [UInt8], delimiter: UInt8 = 0x2c) -> Tables.Content? {
    let bytes = text.starts(with: [0xef, 0xbb, 0xbf]) ? Array(text.dropFirst(3)) : text
    guard let records = records(bytes, delimiter) else { return nil }
    guard let heading = records.first else { return Tables.Content() }
    var names: [[UInt8]] = []
    for (index, name) in heading.map(\.content).enumerated() {
      var (unique, number) = (name, 1)
      while heading[..<index].contains(where: { $0.content == unique }) || names.contains(unique)
        || number > 1 && heading.contains(where: { $0.content == unique })
      {
        number += 1
        unique = name + Array(" (\(number))".utf8)
      }
      names.append(unique)
    }
    let rows = records.dropFirst().map { fields -> [[UInt8]] in
      var cells = fields.prefix(names.count).map(\.content)
      while cells.count < names.count { cells.append([]) }
      let rest = fields.dropFirst(names.count)
      if let first = rest.first, let last = rest.last {
        cells.append(Array(bytes[first.start..<last.end]))
      } else {
        cells.append([])
      }
      return cells
    }
    return Tables.Content(names: names, rows: Array(rows))
  }

  private static func records(_ bytes: [UInt8], _ delimiter: UInt8) -> [[Field]]? {
    var records: [[Field]] = []
    var fields: [Field] = []
    var field = Field(start: 0)
    // Whether the field is within quotes; whether the byte before closed them.
    var (isOpen, wasClosed) = (false, false)
    for (place, byte) in bytes.enumerated() {
      if isOpen {
        if byte == 0x22 {
          (isOpen, wasClosed) = (false, true)
        } else {
          field.content.append(byte)
        }
        continue
      }
      if byte == 0x22, wasClosed {
        field.content.append(byte)
        (isOpen, wasClosed) = (true, false)
        continue
      }
      wasClosed = false
      if byte == 0x22, place == field.start {
        isOpen = true
      } else if byte == delimiter || byte == 0x0a || byte == 0x0d {
        field.end = place
        let isEmptyLine = fields.isEmpty && place == field.start && byte != delimiter
        if !isEmptyLine { fields.append(field) }
        field = Field(start: place + 1)
        if byte != delimiter, !fields.isEmpty {
          records.append(fields)
          fields = []
        }
      } else {
        field.content.append(byte)
      }
    }
    if isOpen { return nil }
    if !fields.isEmpty || field.start < bytes.count {
      field.end = bytes.count
      records.append(fields + [field])
    }
    return records
  }
}
