import DverCore
import DverFileSystem

/// What a process has set aside, in the order in which it happened: an append-only file.
///
/// Lines as `RecordLine` has them: `begin NUMBER FILE NAME` with `PATH WAS-THERE` for each output
/// before its first move; `end NUMBER` once the new outputs are complete and the old ones kept
/// elsewhere; `back NUMBER` once the old ones are in place again.
struct AsideJournal {
  /// What is known of one stage.
  struct Entry: Hashable, Sendable {
    let number: Int
    let stage: StageAddress
    var outputs: [Output]
    var state = State.open
  }

  struct Output: Hashable, Sendable {
    let path: RepositoryPath
    let wasThere: Bool
  }

  enum State: Hashable, Sendable {
    case open, complete, back
  }

  static let fileName = "journal"

  static func begin(_ entry: Entry) -> [UInt8] {
    var fields = [text("begin"), text(String(entry.number)), entry.stage.file.bytes]
    fields.append(text(entry.stage.name))
    for output in entry.outputs {
      fields.append(output.path.bytes)
      fields.append(text(output.wasThere ? "1" : "0"))
    }
    return RecordLine.encoded(fields)
  }

  static func change(_ number: Int, to state: State) -> [UInt8] {
    RecordLine.encoded([text(state == .complete ? "end" : "back"), text(String(number))])
  }

  /// The stages that a journal tells of; lines that were cut tell nothing.
  static func entries(in log: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    for fields in RecordLine.records(in: log) {
      guard fields.count >= 2, let number = Int(String(decoding: fields[1], as: UTF8.self)) else {
        continue
      }
      switch String(decoding: fields[0], as: UTF8.self) {
      case "begin":
        if let entry = entry(number, fields[2...]) { entries.append(entry) }
      case let word:
        guard let place = entries.firstIndex(where: { $0.number == number }) else { continue }
        entries[place].state = word == "end" ? .complete : .back
      }
    }
    return entries
  }

  private static func entry(_ number: Int, _ fields: ArraySlice<[UInt8]>) -> Entry? {
    var fields = fields
    guard let file = fields.popFirst().flatMap({ RepositoryPath($0) }),
      let name = fields.popFirst()
    else { return nil }
    var outputs: [Output] = []
    while let path = fields.popFirst(), let wasThere = fields.popFirst() {
      guard let path = RepositoryPath(path) else { return nil }
      outputs.append(Output(path: path, wasThere: wasThere.elementsEqual("1".utf8)))
    }
    let stage = StageAddress(file: file, name: String(decoding: name, as: UTF8.self))
    return Entry(number: number, stage: stage, outputs: outputs)
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
}
