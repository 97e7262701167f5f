import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// What git calls where both sides of a merge changed one of dver's files.
///
/// A node keeps ours, for the pointer alone decides. A pointer or a lock becomes a conflict that
/// shows in the file, so that nobody commits one side of it unawares.
struct MergeDriver: DverCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge-driver", abstract: "Merge two versions of a file of dver")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "File with the common ancestor's version")
  var ancestor: String

  @Argument(help: "File with our version, which becomes the result")
  var ours: String

  @Argument(help: "File with their version")
  var theirs: String

  @Argument(help: "Path of the file that is merged")
  var path: String

  func run(console: Console) throws {
    guard !"/\(path)".contains("/.dver/manifests/") else { return }
    let here = try AbsolutePath.current()
    let (left, right) = (
      AbsolutePath(ours.pathBytes, relativeTo: here),
      AbsolutePath(theirs.pathBytes, relativeTo: here)
    )
    let (mine, other) = (
      try FileSystem.contents(of: left) ?? [], try FileSystem.contents(of: right) ?? []
    )
    if mine == other { return }
    try FileSystem.replaceContents(of: left, with: Self.conflict(mine, other))
    console.tell("\(path): both sides changed it; run 'dver resolve' when git is done")
    throw ExitRequest(status: .changed)
  }

  private static func conflict(_ ours: [UInt8], _ theirs: [UInt8]) -> [UInt8] {
    func lines(_ bytes: [UInt8]) -> [UInt8] {
      bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? bytes : bytes + [UInt8(ascii: "\n")]
    }
    return Array("<<<<<<< ours\n".utf8) + lines(ours) + Array("=======\n".utf8) + lines(theirs)
      + Array(">>>>>>> theirs\n".utf8)
  }
}
