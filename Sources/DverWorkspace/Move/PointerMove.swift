import DverCore
import DverManifest
import DverYAML

/// How a pointer's text changes when its data moves; all else in it stays.
struct PointerMove: Sendable {
  let entry: Catalog.PointerEntry
  /// Where the pointer will be.
  let newPath: RepositoryPath
  let from: RepositoryPath
  let to: RepositoryPath

  init(
    entry: Catalog.PointerEntry, newPath: RepositoryPath, from: RepositoryPath, to: RepositoryPath
  ) {
    self.entry = entry
    self.newPath = newPath
    self.from = from
    self.to = to
  }

  func text(from old: [UInt8]) throws -> [UInt8] {
    var editor = try YAMLEditor(bytes: old, source: entry.path.description)
    let folder = Self.base(of: newPath, entry.file.workingDirectory)
    guard let path = to.relative(to: folder), !path.isRoot else {
      throw WorkspaceError.failed(
        "\(entry.path) can track paths below \(folder) only",
        hint: "remove the path from that pointer and add it anew")
    }
    let oldFolder = Self.base(of: entry.path, entry.file.workingDirectory)
    for (position, output) in entry.file.outputs.enumerated()
    where oldFolder.resolving(output.record.path) == from && output.record.path != path.bytes {
      try editor.set(
        ["outs", .item(position), "path"], to: .string(PathText.text(of: path.bytes)))
    }
    if newPath.parent != entry.path.parent { try moveSources(in: &editor) }
    return editor.bytes
  }

  private static func base(of pointer: RepositoryPath, _ directory: [UInt8]?) -> RepositoryPath {
    directory.flatMap { pointer.parent.resolving($0) } ?? pointer.parent
  }

  /// Imported data comes from where it came from, seen from the new folder.
  private func moveSources(in editor: inout YAMLEditor) throws {
    for (position, source) in entry.file.dependencies.enumerated()
    where source.repository == nil && !Self.isAbsolute(source.record.path) {
      let path = Self.relative(source.record.path, in: entry.path.parent, to: newPath.parent)
      try editor.set(
        ["deps", .item(position), "path"], to: .string(PathText.text(of: path)))
    }
  }

  /// A path from the root of the file system, or an address.
  private static func isAbsolute(_ path: [UInt8]) -> Bool {
    path.first == RepositoryPath.slash || String(decoding: path, as: UTF8.self).contains("://")
  }

  /// A path that counts from `old`, counted from `new`; it may lead out of the workspace.
  static func relative(
    _ path: [UInt8], in old: RepositoryPath, to new: RepositoryPath
  ) -> [UInt8] {
    var target: [[UInt8]] = []
    let dots = Array("..".utf8)
    for part in old.components.map({ Array($0) })
      + path.split(separator: RepositoryPath.slash)
      .map({ Array($0) }) where part != Array(".".utf8)
    {
      if part == dots, let last = target.last, last != dots {
        target.removeLast()
      } else {
        target.append(part)
      }
    }
    let here = new.components.map { Array($0) }
    var common = 0
    while common < min(here.count, target.count), here[common] == target[common] { common += 1 }
    let parts = Array(repeating: dots, count: here.count - common) + target[common...]
    return Array(parts.joined(separator: [RepositoryPath.slash]))
  }
}
