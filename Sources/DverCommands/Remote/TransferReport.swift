import DverCore
import DverWorkspace

/// What a transfer prints.
struct TransferReport {
  /// Such as `Pushed`.
  let verb: String
  /// `to` or `from`.
  let preposition: String
  let summaries: [TransferSummary]

  /// Prints what `transfer` did, also where it could not do all of it.
  static func print(
    verb: String, preposition: String, on console: Console,
    of transfer: () throws -> [TransferSummary]
  ) throws {
    do {
      TransferReport(verb: verb, preposition: preposition, summaries: try transfer())
        .print(on: console)
    } catch let error as IncompleteTransfer {
      if !console.printsJSON {
        TransferReport(verb: verb, preposition: preposition, summaries: error.summaries)
          .print(on: console)
      }
      throw error
    }
  }

  func print(on console: Console) {
    if console.printsJSON { return console.print(json: json) }
    for summary in summaries {
      let objects = CountText.text(summary.objectCount, "object")
      console.status("\(verb) \(objects) \(preposition) \(summary.remote).")
    }
  }

  var json: JSONValue {
    .array(
      summaries.map { summary in
        [
          "remote": .string(summary.remote), "objects": .integer(Int64(summary.objectCount)),
          "bytes": .integer(summary.byteCount),
          "missing": .array(summary.missing.map { .path($0) }),
          "damaged": .array(summary.damaged.map { .path($0) }),
        ]
      })
  }
}
