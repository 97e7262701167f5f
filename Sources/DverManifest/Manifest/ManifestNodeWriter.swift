import DverCore
import DverHashing

/// The text of one node while it is written. Lines are appended in order.
struct ManifestNodeWriter {
  private(set) var text: [UInt8] = ManifestNode.header
  private var fileCount: Int64 = 0
  private var byteCount: Int64 = 0

  /// `entryCount` lines are to come, with `pathByteCount` bytes of paths.
  init(entryCount: Int, pathByteCount: Int) {
    text.reserveCapacity(text.count + entryCount * 76 + pathByteCount)
  }

  /// What a parent says of the node that is now complete.
  func summary() -> ManifestSummary {
    ManifestSummary(
      digest: SHA256.digest(of: text.span), fileCount: fileCount, byteCount: byteCount)
  }

  /// Appends the line of entry `index`, leaving out the first `prefixCount` bytes of its path.
  mutating func append(_ table: EntryTable, _ index: Int, prefixCount: Int) {
    let path = table.paths.range(index)
    let name = table.paths.bytes.span.extracting((path.lowerBound + prefixCount)..<path.upperBound)
    switch table.kinds[index] {
    case .file, .executable:
      appendKind(table.kinds[index] == .file ? "f" : "x")
      HexText.append(table.digests[index], to: &text)
      appendNumber(table.sizes[index])
      text.append(Self.blank)
      append(name)
      fileCount += 1
      byteCount += table.sizes[index]
    case .link:
      appendKind("l")
      let target = table.targets[index] ?? []
      append(target.span)
      text.append(UInt8(ascii: "\t"))
      append(name)
      fileCount += 1
    case .emptyDirectory:
      appendKind("e")
      append(directory: name)
    }
    text.append(Self.lineFeed)
  }

  /// Appends the line of a subdirectory that has a node of its own.
  mutating func append(subtree summary: ManifestSummary, name: Span<UInt8>) {
    append("t", summary)
    append(directory: name)
    text.append(Self.lineFeed)
  }

  /// Appends the line of a range that begins with `first`, which may be an empty directory.
  mutating func append(range summary: ManifestSummary, first: Span<UInt8>, hasSlash: Bool) {
    append("r", summary)
    if hasSlash { append(directory: first) } else { append(first) }
    text.append(Self.lineFeed)
  }

  private mutating func append(_ kind: Unicode.Scalar, _ summary: ManifestSummary) {
    appendKind(kind)
    HexText.append(summary.digest, to: &text)
    appendNumber(summary.fileCount)
    appendNumber(summary.byteCount)
    text.append(Self.blank)
    fileCount += summary.fileCount
    byteCount += summary.byteCount
  }

  private mutating func append(directory name: Span<UInt8>) {
    guard PathQuoting.needsQuotes(name) else {
      text.append(name)
      return text.append(RepositoryPath.slash)
    }
    var path: [UInt8] = []
    path.append(name)
    path.append(RepositoryPath.slash)
    PathQuoting.append(path.span, to: &text)
  }

  private mutating func append(_ name: Span<UInt8>) {
    if PathQuoting.needsQuotes(name) {
      PathQuoting.append(name, to: &text)
    } else {
      text.append(name)
    }
  }

  private mutating func appendKind(_ kind: Unicode.Scalar) {
    text.append(UInt8(ascii: kind))
    text.append(Self.blank)
  }

  /// Appends a blank and the decimal digits of `value`, which is not negative.
  private mutating func appendNumber(_ value: Int64) {
    text.append(Self.blank)
    // 19 digits are enough for any value.
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var start = digits.count
    var rest = value
    repeat {
      start -= 1
      digits[start] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    text.append(digits.span.extracting(start...))
  }

  private static let blank = UInt8(ascii: " ")
  private static let lineFeed = UInt8(ascii: "\n")
}
