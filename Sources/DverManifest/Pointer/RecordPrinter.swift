import DverCore
import DverYAML

/// Prints the records of pointers and locks.
enum RecordPrinter {
  /// The text of a pointer file.
  static func pointer(_ records: [OutputRecord]) -> [UInt8] {
    var writer = YAMLWriter()
    append(records, under: "outs", indent: 0, to: &writer)
    return writer.bytes
  }

  /// Appends `name:` and a list item for each record; nothing without records.
  static func append(
    _ records: [OutputRecord], under name: String, indent: Int, to writer: inout YAMLWriter
  ) {
    guard !records.isEmpty else { return }
    writer.key(name, indent: indent)
    writer.endLine()
    for record in records { append(record, indent: indent, to: &writer) }
  }

  /// Appends `record` as a list item at column `indent`.
  static func append(_ record: OutputRecord, indent: Int, to writer: inout YAMLWriter) {
    writer.dash(indent: indent)
    writer.key("path", indent: indent + 2)
    writer.value(string: PathText.text(of: record.path))
    for (key, value) in fields(of: record) {
      guard let value else { continue }
      writer.key(key, indent: indent + 2)
      writer.value(value)
    }
  }

  /// What stands beside the path of a record, in order; `nil` for a key that does not stand there.
  static func fields(of record: OutputRecord) -> [(key: String, value: YAMLScalar?)] {
    [
      ("hash", record.name == nil ? nil : .string("sha256")),
      ("sha256", record.name.map { .string($0.description) }),
      ("size", record.size.map(YAMLScalar.integer)),
      ("nfiles", record.fileCount.map(YAMLScalar.integer)),
      ("isexec", record.isExecutable ? .bool(true) : nil),
    ]
  }
}
