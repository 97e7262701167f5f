/// A path inside the workspace, counted from the folder that holds `.dver`.
///
/// Bytes, not text; components are never empty, `.` or `..`; the empty path is the folder itself.
/// For lists of millions of paths use ``PathTable``.
package struct RepositoryPath: Hashable, Comparable, Sendable {
  /// Components joined by `/`, without a leading or trailing one.
  package let bytes: [UInt8]

  package static let root = RepositoryPath(normalized: [])

  /// Takes bytes that are already in normal form.
  package init(normalized bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads a relative path in normal form, without `.` and `..` components, doubled slashes or
  /// NUL; `nil` for anything else.
  package init?(_ bytes: some Collection<UInt8>) {
    guard !bytes.contains(0) else { return nil }
    for component in bytes.split(separator: Self.slash, omittingEmptySubsequences: false) {
      if component.isEmpty || component.elementsEqual(Self.dot)
        || component.elementsEqual(Self.dotDot)
      {
        return nil
      }
    }
    self.init(normalized: Array(bytes))
  }

  package init?(_ text: String) {
    self.init(text.utf8)
  }

  package var isRoot: Bool { bytes.isEmpty }

  package var components: [ArraySlice<UInt8>] { bytes.split(separator: Self.slash) }

  package var lastComponent: ArraySlice<UInt8> {
    bytes[(bytes.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0)...]
  }

  /// The path as one in `folder` would write it, with `..` where it lies elsewhere.
  package func written(from folder: RepositoryPath) -> [UInt8] {
    let (own, other) = (components, folder.components)
    let common = zip(own, other).prefix { $0.elementsEqual($1) }.count
    let parts = other.dropFirst(common).map { _ in Self.dotDot[...] } + own.dropFirst(common)
    return parts.isEmpty ? Self.dot : Array(parts.joined(separator: [Self.slash]))
  }

  /// The folder around the path; the root's parent is the root.
  package var parent: RepositoryPath {
    RepositoryPath(normalized: Array(bytes[..<(bytes.lastIndex(of: Self.slash) ?? 0)]))
  }

  package func appending(_ component: some Collection<UInt8>) -> RepositoryPath {
    appending(Array(component)[...])
  }

  package func appending(_ component: [UInt8]) -> RepositoryPath { appending(component[...]) }

  package func appending(_ component: ArraySlice<UInt8>) -> RepositoryPath {
    guard !component.isEmpty else { return self }
    var joined = bytes
    if !joined.isEmpty { joined.append(Self.slash) }
    joined.append(contentsOf: component)
    return RepositoryPath(normalized: joined)
  }

  package func appending(_ path: RepositoryPath) -> RepositoryPath { appending(path.bytes) }

  /// The path with `suffix` added to its last component.
  package func withSuffix(_ suffix: String) -> RepositoryPath {
    RepositoryPath(normalized: bytes + Array(suffix.utf8))
  }

  package func hasSuffix(_ suffix: String) -> Bool {
    bytes.count >= suffix.utf8.count && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// Whether the path is `folder` or lies below it.
  package func isInside(_ folder: RepositoryPath) -> Bool {
    folder.isRoot || bytes == folder.bytes || isBelow(folder)
  }

  /// Whether the path lies below `folder` and is not `folder` itself.
  package func isBelow(_ folder: RepositoryPath) -> Bool {
    if folder.isRoot { return !isRoot }
    return bytes.count > folder.bytes.count && bytes[folder.bytes.count] == Self.slash
      && bytes.starts(with: folder.bytes)
  }

  /// The path counted from `folder`; `nil` where it does not lie inside.
  package func relative(to folder: RepositoryPath) -> RepositoryPath? {
    guard isInside(folder) else { return nil }
    if folder.isRoot { return self }
    return RepositoryPath(normalized: Array(bytes.dropFirst(folder.bytes.count + 1)))
  }

  /// The bytes as text; invalid UTF-8 is replaced, so this is for show and for names known to be
  /// valid.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Compares raw bytes.
  package static func < (left: RepositoryPath, right: RepositoryPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  package static let slash = UInt8(ascii: "/")
  private static let dot = Array(".".utf8)
  private static let dotDot = Array("..".utf8)
}

extension RepositoryPath: CustomStringConvertible {
  /// The path as a message shows it: quoted where it must be, `.` for the root.
  package var description: String { isRoot ? "." : PathQuoting.quoted(bytes) }
}
