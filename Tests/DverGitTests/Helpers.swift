import DverCore
import DverGit
import Glibc
import TestSupport
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Opens the repository around `folder`, which must be there.
func open(_ folder: String, program: String = "git") throws -> GitRepository {
  try #require(try GitRepository.open(at: bytes(folder), program: program))
}

extension GitRunner {
  /// Adds everything in `folder` and commits it.
  func commit(_ message: String, in folder: String) throws {
    try git("add", "-A", in: folder)
    try git("commit", "-q", "--allow-empty", "-m", message, in: folder)
  }

  /// A repository with one commit of `files`.
  func repository(holding files: [(String, String)], _ name: String = "repo") throws -> String {
    let folder = try repository(name)
    for (path, content) in files { try write(content, to: path, in: folder) }
    try commit("first", in: folder)
    return folder
  }

  func id(_ revision: String, in folder: String) throws -> GitObjectID? {
    GitObjectID(hex: text(try git("rev-parse", revision, in: folder).utf8.dropLast()))
  }
}

extension PathTable {
  /// The names in the list, as text.
  var names: [String] { (0..<count).map { text(self[$0]) } }
}
