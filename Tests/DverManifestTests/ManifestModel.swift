import DverCore
import DverHashing
import DverManifest

/// The manifest format told once more, slowly: lists of entries, recursion, no sharing.
struct ManifestModel {
  let shape: ManifestShape
  /// Node texts by place.
  var files: [String: [UInt8]] = [:]

  init(_ shape: ManifestShape) { self.shape = shape }

  /// Writes the node of the directory that holds `entries`, with paths relative to it.
  mutating func write(_ entries: [Entry], folder: String = "") -> Digest {
    if entries.count <= shape.inlinedEntryLimit {
      return finish(entries.map { ($0.key, line($0)) }, folder + "+")
    }
    var byDirectory: [[UInt8]: [Entry]] = [:]
    for entry in entries {
      let name = entry.path.firstIndex(of: 0x2f).map { Array(entry.path[..<$0]) }
      if let name { byDirectory[name, default: []].append(entry) }
    }
    let subtrees = byDirectory.filter { $0.value.count >= shape.subtreeEntryMinimum }
    let inlined = entries.filter { entry in
      let name = entry.path.firstIndex(of: 0x2f).map { Array(entry.path[..<$0]) }
      return name.map { subtrees[$0] == nil } ?? true
    }
    var lines: [(key: [UInt8], text: [UInt8])] = []
    for (name, below) in subtrees {
      let relative = below.map { entry in
        var entry = entry
        entry.path.removeFirst(name.count + 1)
        return entry
      }
      let component = String(decoding: ManifestLocation.folderName(of: name), as: UTF8.self)
      let digest = write(relative, folder: folder + component + "/")
      lines.append((name + [0x2f], parentLine("t", digest, below, name + [0x2f])))
    }
    if inlined.count <= shape.inlinedEntryLimit {
      lines += inlined.map { ($0.key, line($0)) }
    } else {
      lines += ranges(inlined, folder)
    }
    return finish(lines, folder + "+")
  }

  private mutating func ranges(
    _ entries: [Entry], _ folder: String
  ) -> [(key: [UInt8], text: [UInt8])] {
    let cut = split(entries, bits: shape.rangeZeroBits)
    let isNested = cut.count > shape.rangeLineLimit
    func name(_ plus: String, _ key: [UInt8]) -> String {
      let isFirst = key == entries[0].key
      return folder + plus + (isFirst ? "0" : String(SHA256.digest(of: key.span).hex.prefix(16)))
    }
    var lines: [(key: [UInt8], text: [UInt8])] = []
    for range in cut {
      let key = range[0].key
      let digest = finish(range.map { ($0.key, line($0)) }, name(isNested ? "++" : "+", key))
      lines.append((key, parentLine("r", digest, range, key)))
    }
    guard isNested else { return lines }
    return split(entries, bits: shape.outerRangeZeroBits).map { group in
      let keys = Set(group.map(\.key))
      let inner = lines.filter { keys.contains($0.key) }
      let digest = finish(inner, name("+", group[0].key))
      return (group[0].key, parentLine("r", digest, group, group[0].key))
    }
  }

  private func split(_ entries: [Entry], bits: Int) -> [[Entry]] {
    var groups: [[Entry]] = []
    for entry in entries {
      let digest = SHA256.digest(of: entry.key.span)
      let starts = (0..<bits).allSatisfy { digest[$0 / 8] >> (7 - UInt8($0 % 8)) & 1 == 0 }
      if groups.isEmpty || starts { groups.append([]) }
      groups[groups.count - 1].append(entry)
    }
    return groups
  }

  private mutating func finish(
    _ lines: [(key: [UInt8], text: [UInt8])], _ place: String
  ) -> Digest {
    let sorted = lines.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let text = Array("dver-manifest 1\n".utf8) + sorted.flatMap { $0.text + [0x0a] }
    files[place] = text
    return SHA256.digest(of: text.span)
  }

  private func parentLine(
    _ kind: String, _ digest: Digest, _ below: [Entry], _ path: [UInt8]
  ) -> [UInt8] {
    let files = below.count { $0.kind != .emptyDirectory }
    let bytes = below.reduce(0) { $0 + $1.size }
    return Array("\(kind) \(digest) \(files) \(bytes) \(PathQuoting.quoted(path))".utf8)
  }

  private func line(_ entry: Entry) -> [UInt8] {
    let path = PathQuoting.quoted(entry.key)
    let text =
      switch entry.kind {
      case .file: "f \(entry.digest) \(entry.size) \(path)"
      case .executable: "x \(entry.digest) \(entry.size) \(path)"
      case .link: "l \(PathQuoting.quoted(entry.target ?? []))\t\(path)"
      case .emptyDirectory: "e \(path)"
      }
    return Array(text.utf8)
  }
}
