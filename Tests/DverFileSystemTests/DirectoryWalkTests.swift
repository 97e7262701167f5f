import DverCore
import Glibc
import TestSupport
import Testing

@testable import DverFileSystem

@Suite struct DirectoryWalkTests {
  private let directory: TemporaryDirectory
  private var root: AbsolutePath { AbsolutePath(normalized: Array(directory.path.utf8)) }

  init() throws { directory = try TemporaryDirectory() }

  /// A thread that was listing when another one failed finds an end, not a wait without one.
  @Test(.timeLimit(.minutes(1)), arguments: [0, 3])
  func aFailureEndsTheWalkForThreadsThatAreStillListing(_ found: Int) throws {
    let queue = WalkQueue(Folder(path: [], parent: nil))
    _ = try #require(queue.next())
    queue.cancel()
    queue.add((0..<found).map { Folder(path: [UInt8($0)], parent: nil) })
    queue.finish()
    #expect(queue.next() == nil)
  }

  @Test func anyNumberOfThreadsFindsTheSame() throws {
    for index in 0..<40 {
      let folder = root.appending("d\(index % 7)/e\(index % 3)/\(index)")
      try FileSystem.makeDirectories(folder)
    }
    let tables = try [1, 2, 8].map { try DirectoryWalk(root, threads: $0).run() }
    #expect(tables[0].count == 40)
    for table in tables {
      #expect(table.stamps == tables[0].stamps)
      #expect(table.kinds == tables[0].kinds)
    }
  }

  @Test func filesMayBePassedOver() throws {
    for name in ["a", "b/c"] {
      try FileSystem.makeDirectories(root.appending(name).parent)
      _ = try OpenFile(root.appending(name), .createNew(permissions: 0o666))
    }
    #expect(unsafe symlink("a", "\(directory.path)/b/link") == 0)
    let found = try DirectoryWalk(root, skipsFiles: true).run()
    #expect(found.count == 1 && found.kinds == [.link])
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let missing = root.appending("missing")
    let error = #expect(throws: FileSystemError.self) {
      _ = try DirectoryWalk(missing, threads: 4).run()
    }
    #expect(error?.message.contains(missing.description) == true)
  }
}
