extension FileFormatError {
  /// The one thing that is wrong with a file.
  init(source: String, line: Int, column: Int = 1, _ text: String) {
    self.init(
      source: source,
      problems: [Problem(line: line, column: column, keyPath: "", text: text, hint: nil)])
  }
}
