import Glibc

/// Paths are relative to the work tree, or absolute.
extension TemporaryRepository {
  /// Writes a file in place, making the directories above it.
  package func write(_ text: String, to path: some ByteText) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Writes a file in place, making the directories above it.
  package func write(_ bytes: [UInt8], to path: some ByteText) throws {
    try writeFile(bytes, to: resolve(path), append: false)
  }

  package func append(_ text: String, to path: some ByteText) throws {
    try append(Array(text.utf8), to: path)
  }

  package func append(_ bytes: [UInt8], to path: some ByteText) throws {
    try writeFile(bytes, to: resolve(path), append: true)
  }

  package func read(_ path: some ByteText) throws -> [UInt8] {
    try readFile(resolve(path))
  }

  /// The content as text; what is not UTF-8 is replaced.
  package func readText(_ path: some ByteText) throws -> String {
    readable(try read(path))
  }

  package func makeDirectory(_ path: some ByteText) throws {
    try makeDirectories(resolve(path))
  }

  /// Removes a file, or a directory with all that is in it.
  package func remove(_ path: some ByteText) throws {
    removeTree(resolve(path))
    guard !exists(path) else { throw SupportError.system("remove", path.nameBytes) }
  }

  package func move(_ source: some ByteText, to target: some ByteText) throws {
    let (from, to) = (resolve(source), resolve(target))
    try makeParents(of: to)
    guard unsafe rename(cString(from), cString(to)) == 0 else {
      throw SupportError.system("move", from)
    }
  }

  package func symlink(_ target: some ByteText, at path: some ByteText) throws {
    let full = resolve(path)
    try makeParents(of: full)
    guard unsafe Glibc.symlink(cString(target.nameBytes), cString(full)) == 0 else {
      throw SupportError.system("link", full)
    }
  }

  package func chmod(_ mode: UInt32, _ path: some ByteText) throws {
    let full = resolve(path)
    guard unsafe Glibc.chmod(cString(full), mode) == 0 else {
      throw SupportError.system("change the mode of", full)
    }
  }

  /// When the content of a file last changed, in nanoseconds since 1970; `nil` where there is none.
  package func modified(_ path: some ByteText) -> Int64? {
    var status = stat()
    guard unsafe stat(cString(resolve(path)), &status) == 0 else { return nil }
    return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }

  /// Something has this name, be it a link to nothing.
  package func exists(_ path: some ByteText) -> Bool {
    var status = stat()
    return unsafe lstat(cString(resolve(path)), &status) == 0
  }

  /// What is at `path`.
  package func entry(_ path: some ByteText) throws -> TreeEntry {
    try TreeEntry(path: path.nameBytes, at: resolve(path))
  }

  /// Everything below a directory, with modes and content, sorted by path; equal trees are equal
  /// values. Entries with a name in `ignored` are left out, and so is what is below them.
  package func tree(
    _ directory: some ByteText = "", ignoring ignored: Set<String> = [".git"]
  ) throws -> [TreeEntry] {
    try [TreeEntry](below: resolve(directory), ignoring: ignored)
  }

  /// The paths of the files and links below a directory, sorted.
  package func files(
    _ directory: some ByteText = "", ignoring ignored: Set<String> = [".git"]
  ) throws -> [String] {
    try tree(directory, ignoring: ignored).filter { $0.kind != .directory }
      .map { readable($0.path) }
  }

  func resolve(_ path: some ByteText) -> [UInt8] {
    let bytes = path.nameBytes
    if bytes.first == UInt8(ascii: "/") { return bytes }
    return Array(self.path.utf8) + (bytes.isEmpty ? [] : [UInt8(ascii: "/")] + bytes)
  }
}
