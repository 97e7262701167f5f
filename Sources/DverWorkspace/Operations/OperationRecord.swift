import DverCore
import DverFileSystem
import DverHashing

/// What a command is about to change in the files kept in git, with what is there now.
///
/// Written in one piece before the first change. A record whose command died is carried out by the
/// next command: every step is a comparison and an atomic replacement, so doing it again is safe.
///
///     dver-operation 1
///     command TEXT
///     started NANOSECONDS
///     group NUMBER                           that of the first record of the same command
///     undoes GROUP | redoes GROUP            where that is what the command is for
///     text OLD-COUNT|- NEW-COUNT|- PATH      old bytes and new bytes follow, then a line end
///     manifest OLD-DIGEST|- NEW-DIGEST|- PATH
///     move COUNT INODE TARGET                the bytes of the source's path follow, then a line end
///     conflict VERSIONS cleared|restored PATH
///     data OLD-STATE NEW-STATE PATH          done before the record was written
///     end SHA-256-of-everything-before
struct OperationRecord: Sendable {
  let command: String
  /// Nanoseconds since 1970.
  let started: Int64
  let texts: [TextChange]
  let manifests: [ManifestChange]
  /// Done before everything else.
  let moves: [DataMove]
  /// Of files that are among the texts, and of nodes of the manifests.
  let conflicts: [IndexConflict]
  /// What the command did to data before.
  let data: [DataChange]
  var group = 0
  /// The operation that this one takes back, or carries out once more.
  var reversal: Reversal?

  struct Reversal: Hashable, Sendable {
    let group: Int
    let isRedo: Bool
  }

  var serialized: [UInt8] {
    var bytes = Array("dver-operation 1\ncommand \(PathQuoting.quoted(command.utf8))\n".utf8)
    bytes.append(contentsOf: "started \(started)\ngroup \(group)\n".utf8)
    if let reversal {
      let word = reversal.isRedo ? "redoes" : "undoes"
      bytes.append(contentsOf: "\(word) \(reversal.group)\n".utf8)
    }
    for text in texts {
      let counts = [text.old, text.new].map { $0.map { String($0.count) } ?? "-" }
      bytes.append(contentsOf: "text \(counts[0]) \(counts[1]) ".utf8)
      bytes.append(contentsOf: PathQuoting.quoted(text.path.bytes).utf8)
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: text.old ?? [])
      bytes.append(contentsOf: text.new ?? [])
      bytes.append(UInt8(ascii: "\n"))
    }
    for manifest in manifests {
      let digests = [manifest.old, manifest.new].map { $0?.hex ?? "-" }
      bytes.append(contentsOf: "manifest \(digests[0]) \(digests[1]) ".utf8)
      bytes.append(contentsOf: PathQuoting.quoted(manifest.path.bytes).utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    for move in moves {
      bytes.append(contentsOf: "move \(move.source.bytes.count) \(move.inode) ".utf8)
      bytes.append(contentsOf: PathQuoting.quoted(move.target.bytes).utf8)
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: move.source.bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    for conflict in conflicts {
      let state = conflict.isRestored ? "restored" : "cleared"
      bytes.append(contentsOf: "conflict \(conflict.versions) \(state) ".utf8)
      bytes.append(contentsOf: PathQuoting.quoted(conflict.path.bytes).utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    for change in data {
      bytes.append(contentsOf: "data \(change.old) \(change.new) ".utf8)
      bytes.append(contentsOf: PathQuoting.quoted(change.path.bytes).utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    let digest = SHA256.digest(of: bytes.span)
    bytes.append(contentsOf: "end \(digest)\n".utf8)
    return bytes
  }

  /// What leads back to where the operation began, its data apart.
  var inverse: OperationRecord {
    OperationRecord(
      command: command, started: started,
      texts: texts.reversed().map { TextChange(path: $0.path, old: $0.new, new: $0.old) },
      manifests: manifests.reversed().map {
        ManifestChange(path: $0.path, old: $0.new, new: $0.old)
      },
      moves: [], conflicts: conflicts.reversed().map(\.inverse), data: [])
  }

  /// Whether the operation did more than to write anew what was there.
  var hasEffect: Bool {
    !moves.isEmpty || !conflicts.isEmpty || !data.isEmpty || texts.contains { $0.old != $0.new }
      || manifests.contains { $0.old != $0.new }
  }

  init(
    command: String, started: Int64, texts: [TextChange], manifests: [ManifestChange],
    moves: [DataMove] = [], conflicts: [IndexConflict] = [],
    data: [DataChange] = [], reversal: Reversal? = nil
  ) {
    self.command = command
    self.started = started
    self.texts = texts
    self.manifests = manifests
    self.moves = moves
    self.conflicts = conflicts
    self.data = data
    self.reversal = reversal
  }

  /// Whether what was written is all there, also where a newer version of dver wrote it.
  static func isWhole(_ bytes: [UInt8]) -> Bool { end(of: bytes) != nil }

  /// Where the last line of a record begins; `nil` for one that is not whole.
  private static func end(of bytes: [UInt8]) -> Int? {
    let trailerCount = "end \n".utf8.count + Digest.hexCount
    guard bytes.count > trailerCount else { return nil }
    let end = bytes.count - trailerCount
    let digest = SHA256.digest(of: bytes.span.extracting(0..<end))
    return bytes[end...].elementsEqual("end \(digest)\n".utf8) ? end : nil
  }

  /// Reads a record; `nil` for one that is not whole, or says what this version does not know.
  init?(parsing bytes: [UInt8]) {
    guard let end = Self.end(of: bytes) else { return nil }
    var reader = RecordReader(bytes: bytes, end: end)
    guard reader.line() == ["dver-operation", "1"], let command = reader.line(), command.count == 2,
      let text = PathQuoting.unquote(Array(command[1].utf8).span),
      let started = reader.line(), started.count == 2, let time = Int64(started[1])
    else { return nil }
    var texts: [TextChange] = []
    var manifests: [ManifestChange] = []
    var moves: [DataMove] = []
    var conflicts: [IndexConflict] = []
    var data: [DataChange] = []
    var (group, reversal): (Int, Reversal?) = (0, nil)
    while !reader.isAtEnd {
      guard let fields = reader.line() else { return nil }
      if fields.count == 2, let number = Int(fields[1]) {
        switch fields[0] {
        case "group": group = number
        case "undoes", "redoes": reversal = Reversal(group: number, isRedo: fields[0] == "redoes")
        default: return nil
        }
        continue
      }
      guard fields.count == 4,
        let name = PathQuoting.unquote(Array(fields[3].utf8).span),
        let path = RepositoryPath(name)
      else { return nil }
      switch fields[0] {
      case "text":
        guard let old = reader.payload(fields[1]), let new = reader.payload(fields[2]),
          reader.line() == [""]
        else { return nil }
        texts.append(TextChange(path: path, old: old, new: new))
      case "manifest":
        manifests.append(
          ManifestChange(path: path, old: Digest(hex: fields[1]), new: Digest(hex: fields[2])))
      case "move":
        guard
          let source = reader.payload(fields[1]).flatMap({ $0 }).flatMap({ RepositoryPath($0) }),
          let inode = UInt64(fields[2]), reader.line() == [""]
        else { return nil }
        moves.append(DataMove(source: source, target: path, inode: inode))
      case "conflict":
        guard
          let conflict = IndexConflict(
            path: path, versions: fields[1], isRestored: fields[2] == "restored")
        else { return nil }
        conflicts.append(conflict)
      case "data":
        guard let old = DataState(fields[1]), let new = DataState(fields[2]) else { return nil }
        data.append(DataChange(path: path, old: old, new: new))
      default: return nil
      }
    }
    self.init(
      command: String(decoding: text, as: UTF8.self), started: time, texts: texts,
      manifests: manifests, moves: moves,
      conflicts: conflicts, data: data, reversal: reversal)
    self.group = group
  }
}

/// Reads lines and counted bytes one after the other.
private struct RecordReader {
  private let bytes: [UInt8]
  private let end: Int
  private var position = 0

  init(bytes: [UInt8], end: Int) {
    self.bytes = bytes
    self.end = end
  }

  var isAtEnd: Bool { position >= end }

  /// The fields of the next line: at most four, the last one with its blanks.
  mutating func line() -> [String]? {
    guard let stop = bytes[position..<end].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { position = stop + 1 }
    let fields = bytes[position..<stop].split(
      separator: UInt8(ascii: " "),
      maxSplits: bytes[position...].starts(with: "command".utf8) ? 1 : 3,
      omittingEmptySubsequences: false)
    return fields.map { String(decoding: $0, as: UTF8.self) }
  }

  /// As many bytes as `count` says, `.some(nil)` for `-`; `nil` where they are not there.
  mutating func payload(_ count: String) -> [UInt8]?? {
    if count == "-" { return .some(nil) }
    guard let count = Int(count), count >= 0, count <= end - position else { return nil }
    defer { position += count }
    return .some(Array(bytes[position..<position + count]))
  }
}
