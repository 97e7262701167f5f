enum TOMLReader {
  static func read(_ bytes: [UInt8], source: String) throws(FileFormatError) -> ParameterValue {
    throw FileFormatError(source: source, line: 1, "later")
  }
}
enum PythonReader {
  static func read(_ bytes: [UInt8], source: String) throws(FileFormatError) -> ParameterValue {
    throw FileFormatError(source: source, line: 1, "later")
  }
}
