import DverCore
import DverFileSystem
import Glibc
import TestSupport
import Testing

/// What goes with a folder, and what does not.
struct RemoveTreeTests {
  private let directory: TemporaryDirectory
  private var root: AbsolutePath { AbsolutePath(normalized: Array(directory.path.utf8)) }
  private var tree: AbsolutePath { root.appending("tree") }

  init() throws { directory = try TemporaryDirectory() }

  @Test func everythingGoesButWhatLinksLeadTo() throws {
    let outside = root.appending("outside/file")
    try FileSystem.makeDirectories(outside.parent)
    try FileSystem.replaceContents(of: outside, with: [1])
    for name in ["tree/a/b", "tree/empty"] { try FileSystem.makeDirectories(root.appending(name)) }
    try FileSystem.replaceContents(of: tree.appending("a/b/file"), with: [2])
    for (name, target) in [("a/folder", outside.parent), ("a/b/file-link", outside)] {
      try FileSystem.makeSymbolicLink(to: target.bytes, at: tree.appending(name))
    }
    try FileSystem.removeTree(tree)
    #expect(try !FileSystem.exists(tree))
    #expect(try FileSystem.contents(of: outside) == [1])
    // A link itself, and nothing.
    try FileSystem.makeSymbolicLink(to: outside.parent.bytes, at: tree)
    try FileSystem.removeTree(tree)
    try FileSystem.removeTree(tree)
    try FileSystem.removeTree(tree.appending("below"))
    #expect(try !FileSystem.exists(tree))
    #expect(try FileSystem.contents(of: outside) == [1])
  }

  @Test(arguments: [UInt32(0), 0o500, 0o300])
  func foldersThatAreClosedGoToo(_ mode: UInt32) throws {
    let inner = tree.appending("inner")
    try FileSystem.makeDirectories(inner)
    try FileSystem.replaceContents(of: inner.appending("file"), with: [1])
    try FileSystem.setMode(mode, of: inner)
    try FileSystem.setMode(mode, of: tree)
    try FileSystem.removeTree(tree)
    #expect(try !FileSystem.exists(tree))
  }

  @Test func whatCannotGoIsNamed() throws {
    let error = #expect(throws: FileSystemError.self) {
      try FileSystem.removeTree(AbsolutePath(normalized: Array("/proc/self/status".utf8)))
    }
    #expect(error?.subject == "/proc/self/status")
    #expect(error?.operation == .remove)
  }
}
