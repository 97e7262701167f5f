import CYaml

/// The only owner of one libyaml parser and of its current event.
///
/// Safe to use as long as the bytes given to `init` stay in place.
@safe struct YAMLEventParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let current: UnsafeMutablePointer<yaml_event_t>
  private var hasEvent = false

  /// Starts reading `input`, which must outlive the parser.
  @unsafe init(reading input: UnsafeBufferPointer<UInt8>) {
    unsafe parser = .allocate(capacity: 1)
    unsafe current = .allocate(capacity: 1)
    let isInitialized = unsafe yaml_parser_initialize(parser)
    precondition(isInitialized == 1, "out of memory")
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    if hasEvent { unsafe yaml_event_delete(current) }
    unsafe yaml_parser_delete(parser)
    unsafe current.deallocate()
    unsafe parser.deallocate()
  }

  /// Goes to the next event; false where the text is not YAML.
  mutating func advance() -> Bool {
    if hasEvent { unsafe yaml_event_delete(current) }
    hasEvent = unsafe yaml_parser_parse(parser, current) == 1
    return hasEvent
  }

  /// The current event; valid until the next `advance`.
  var event: UnsafePointer<yaml_event_t> { unsafe UnsafePointer(current) }

  /// What is wrong after `advance` said so. The offset counts bytes for a bad character, where
  /// line and column are unknown, else characters.
  var failure: (text: String, line: Int, column: Int, offset: Int, isBadCharacter: Bool) {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
    let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
    let text = [context, problem].compactMap(\.self).joined(separator: ", ")
    let mark = unsafe parser.pointee.problem_mark
    return (
      text.isEmpty ? "not valid YAML" : text, Int(mark.line) + 1, Int(mark.column) + 1,
      unsafe parser.pointee.error == YAML_READER_ERROR
        ? Int(parser.pointee.problem_offset) : Int(mark.index),
      unsafe parser.pointee.error == YAML_READER_ERROR
    )
  }
}
