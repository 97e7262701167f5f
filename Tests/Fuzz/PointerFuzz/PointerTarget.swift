import DverCore
import DverManifest
import FuzzSupport

/// A pointer file: an error that names the file and the place, or what survives printing and editing.
enum PointerTarget: FuzzTarget {
  static var properties: [([UInt8]) throws -> Void] { [survivesPrinting, updates, freezes] }

  static var seeds: [[UInt8]] {
    let digest = Digest.zero.hex
    let text = """
      # everything that a pointer may say
      frozen: true
      always_changed: true
      desc: |
        two
        lines
      cmd: [a, {b: "c"}]
      wdir: ..
      deps:
      - path: https://example.org/a.csv
        size: 12
        repo:
          url: https://example.org/r.git
          rev: main
          rev_lock: 0123456789012345678901234567890123456789
          config: {core: x}
          remote: origin
      outs:
      - path: '"a\\377"'
        hash: sha256
        sha256: \(digest).dir
        size: 10
        nfiles: 2
        cache: false
        persist: true
        push: false
        remote: other
        desc: d
        type: t
        labels: [a, b]
        meta: &anchor {k: 1.5}
      - {path: b, sha256: \(digest), isexec: true}
      meta: *anchor

      """
    return [Array(text.utf8)]
  }

  private static func survivesPrinting(_ bytes: [UInt8]) throws {
    let pointer = try PointerFile.parse(bytes: bytes, source: source)
    let text = pointer.printed()
    let again = try reading { try PointerFile.parse(bytes: text, source: source) }
    try require(again.printed() == text, "printed otherwise the second time")
    try require(again == pointer || text.hasNoNumber, "\(pointer) is printed as \(again)")
  }

  /// An edit changes the record that it is to change, and nothing else.
  private static func updates(_ bytes: [UInt8]) throws {
    let pointer = try PointerFile.parse(bytes: bytes, source: source)
    for (index, output) in pointer.outputs.enumerated() {
      var record = output.record
      let same = try PointerFile.updating(bytes, with: record, source: source)
      try require(same == bytes, "an edit without a change")
      let isDirectory = record.name?.isDirectory ?? false
      record.name = ContentName(digest: .zero, isDirectory: !isDirectory)
      record.size = record.size == nil ? 7 : nil
      record.isExecutable.toggle()
      var changed = pointer
      changed.outputs[index].record = record
      let edited = try PointerFile.updating(bytes, with: record, source: source)
      try require(try printed(edited) == changed.printed(), "the edit changed something else")
    }
  }

  private static func freezes(_ bytes: [UInt8]) throws {
    var pointer = try PointerFile.parse(bytes: bytes, source: source)
    for isFrozen in [true, false] {
      pointer.isFrozen = isFrozen
      let edited = try PointerFile.freezing(isFrozen, in: bytes, source: source)
      try require(try printed(edited) == pointer.printed(), "the edit changed something else")
    }
  }

  /// What a text of dver means; as text, for what is no number equals nothing.
  private static func printed(_ bytes: [UInt8]) throws -> [UInt8] {
    try reading { try PointerFile.parse(bytes: bytes, source: source).printed() }
  }
}
