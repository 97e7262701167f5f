/// What is wrong with a line, a node or an entry.
package enum ManifestProblem: Error, Hashable, Sendable {
  case header
  case lineEnd
  case lineKind
  case separator
  case digest
  case number
  case numberRange
  case quoting
  case pathEmpty
  case pathComponent
  case pathReserved
  case pathNull
  case pathLength
  case pathSlash
  case target
  case order
  case duplicate
  case belowAnother
  case mixedLines
  case emptyNode
  case tooManyInlined
  case wronglyInlined
  case wronglySplit
  case nestedRange
  case rangeStart
  case rangeBoundary
  case rangeEnd
  case counts
  case size

  /// The problem in words, to stand behind the name of the thing.
  package var explanation: String {
    switch self {
    case .header: "the first line is not 'dver-manifest 1'"
    case .lineEnd: "the last line does not end in a line feed"
    case .lineKind: "the line does not begin with one of 'f', 'x', 'l', 'e', 't', 'r' and a blank"
    case .separator: "a field is missing or not followed by its separator"
    case .digest: "the digest is not 64 lower-case hexadecimal digits"
    case .number: "a number is not plain decimal digits without a leading zero"
    case .numberRange: "a number is too large"
    case .quoting: "a name is not quoted as dver writes it"
    case .pathEmpty: "the path is empty"
    case .pathComponent: "the path has an empty, '.' or '..' component"
    case .pathReserved: "the path has a '.git' or '.dver' component"
    case .pathNull: "a name holds a NUL byte"
    case .pathLength: "the path is longer than \(ManifestPath.maximumByteCount) bytes"
    case .pathSlash: "the path has a '/' at its end where none belongs, or lacks one"
    case .target: "the target of the link is empty, missing or too long"
    case .order: "the path does not follow the one before it in order"
    case .duplicate: "the path occurs twice"
    case .belowAnother: "the path lies below that of a file, a link or another node"
    case .mixedLines: "lines of these kinds do not stand together in one node"
    case .emptyNode: "the node holds no line, and is not the root"
    case .tooManyInlined: "there are more entries in one node than dver writes"
    case .wronglyInlined: "a directory that is large enough for a node of its own is inlined"
    case .wronglySplit: "a directory that is too small for it has nodes below its own"
    case .nestedRange: "ranges are nested more or less deeply than dver writes"
    case .rangeStart: "the range does not begin with the path that its parent names"
    case .rangeBoundary: "a range begins or fails to begin at an entry"
    case .rangeEnd: "the range reaches into the one behind it"
    case .counts: "the counts of files and bytes differ from what the parent says"
    case .size: "the size is negative, or the sizes add up to too much"
    }
  }
}
