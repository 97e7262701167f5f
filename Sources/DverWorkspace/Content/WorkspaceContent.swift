import DverCore
import DverFileSystem
import DverManifest

/// What a tracked path holds in the workspace now.
enum WorkspaceContent: Sendable {
  case missing
  case file(FileContent)
  case directory(DirectoryContent)

  /// The name of the content; `nil` where there is nothing.
  var name: ContentName? {
    switch self {
    case .missing: nil
    case .file(let file): ContentName(digest: file.digest, isDirectory: false)
    case .directory(let directory): directory.name
    }
  }
}

/// A single file, as it was hashed or is known from its stat.
struct FileContent: Sendable {
  let digest: Digest
  /// Bytes.
  let size: Int64
  let isExecutable: Bool
  let stamp: FileStamp
}

/// All entries of a directory, with the stamps that they had when they were hashed.
struct DirectoryContent: Sendable {
  let entries: EntryTable
  let stamps: [FileStamp]
  let name: ContentName
  /// `.git` and `.dver` below the directory, which are never tracked.
  let skipped: [[UInt8]]
}

extension WorkspaceContent {
  /// What a pointer would record of the content under `path`; `nil` where there is nothing.
  func record(path: [UInt8]) -> OutputRecord? {
    switch self {
    case .missing: nil
    case .file(let file):
      OutputRecord(
        path: path, name: ContentName(digest: file.digest, isDirectory: false), size: file.size,
        isExecutable: file.isExecutable)
    case .directory(let directory):
      OutputRecord(
        path: path, name: directory.name, size: directory.entries.byteCount,
        fileCount: Int64(directory.entries.fileCount))
    }
  }
}
