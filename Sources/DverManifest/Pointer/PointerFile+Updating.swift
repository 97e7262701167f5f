package import DverCore
import DverYAML

extension PointerFile {
  /// The text of a pointer file in which the output with the path of `record`, or the only output,
  /// is `record`.
  ///
  /// Comments, the order of keys and all that `record` does not hold stay; if the meaning does not
  /// change, no byte does.
  ///
  /// - Throws: What `parse` throws, and `YAMLError` where flow style or an alias prevents the edit.
  package static func updating(
    _ bytes: [UInt8], with record: OutputRecord, source: String
  ) throws -> [UInt8] {
    let outputs = try parse(bytes: bytes, source: source).outputs
    let match = outputs.firstIndex { $0.record.path == record.path }
    guard let position = match ?? (outputs.count == 1 ? 0 : nil) else {
      let path = PathQuoting.quoted(record.path)
      throw FileFormatError(
        source: source,
        problems: [
          FileFormatError.Problem(
            line: 1, column: 1, keyPath: "outs", text: "no item has the path \(path)", hint: nil)
        ])
    }
    let old = outputs[position].record
    guard old != record else { return bytes }
    var editor = try YAMLEditor(bytes: bytes, source: source)
    let item: [YAMLPathStep] = ["outs", .item(position)]
    if old.path != record.path {
      try editor.set(item + ["path"], to: .string(PathText.text(of: record.path)))
    }
    for (key, value) in RecordPrinter.fields(of: record) {
      try change(key, of: item, to: value, in: &editor)
    }
    return editor.bytes
  }

  private static func change(
    _ key: String, of item: [YAMLPathStep], to value: YAMLScalar?, in editor: inout YAMLEditor
  ) throws(YAMLError) {
    let path = item + [.key(key)]
    let isPresent = editor.contains(path)
    switch (value, isPresent) {
    case (let value?, true): try editor.set(path, to: value)
    case (let value?, false): try editor.add(key, value, to: item)
    case (nil, true): try editor.remove(path)
    case (nil, false): break
    }
  }
}
