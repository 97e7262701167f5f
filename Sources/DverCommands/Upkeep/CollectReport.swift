import DverCore
import DverWorkspace

/// What `gc` prints.
struct CollectReport {
  private let collection: CollectionTask
  private let isDry: Bool

  init(_ collection: CollectionTask, isDry: Bool) {
    (self.collection, self.isDry) = (collection, isDry)
  }

  func print(_ summaries: [CollectSummary], on console: Console) {
    if console.printsJSON { return console.print(json: document(summaries)) }
    if isDry || console.isVerbose {
      for version in collection.versions {
        let name = version.commit.map { String($0.prefix(10)) } ?? "-"
        console.print("kept\t\(name)\t\(version.reasons.joined(separator: ", "))")
      }
    }
    for summary in summaries {
      if isDry || console.isVerbose {
        for object in summary.objects {
          console.print("unused\t\(object.digest)\t\(object.byteCount)")
        }
      }
      print(summary, on: console)
    }
    if summaries.isEmpty { console.status("There is no cache yet") }
  }

  private func print(_ summary: CollectSummary, on console: Console) {
    let place = summary.place
    if isDry {
      let amount = Self.amount(summary.unused.count, summary.unused.byteCount)
      console.status("\(amount) of \(place) would go to the trash")
    } else {
      let amount = Self.amount(summary.moved.count, summary.moved.byteCount)
      console.status("Moved \(amount) of \(place) to the trash")
    }
    if summary.left.count > 0 {
      let amount = Self.amount(summary.left.count, summary.left.byteCount)
      console.status("\(amount) stay in packs that are needed for the most part")
    }
    if summary.youngCount > 0 {
      console.status("\(summary.youngCount) stay because they have just appeared")
    }
    if summary.deleted.count > 0 {
      let amount = Self.amount(summary.deleted.count, summary.deleted.byteCount)
      console.status("Deleted \(amount) that had been in the trash of \(place) for long")
    }
    if !isDry, summary.moved.count > 0 {
      console.status("'dver gc --empty-trash' deletes what nobody needs by then")
    }
  }

  /// Such as `3 objects, 1.2 MB`.
  static func amount(_ count: Int, _ byteCount: Int64) -> String {
    "\(CountText.text(count, "object")), \(ByteCount(byteCount))"
  }

  private func document(_ summaries: [CollectSummary]) -> JSONValue {
    [
      "dry": .bool(isDry),
      "kept": .array(
        collection.versions.map { version in
          [
            "rev": version.commit.map { .string($0) } ?? .null,
            "reasons": .array(version.reasons.map { .string($0) }),
          ]
        }),
      "places": .array(summaries.map(Self.member)),
    ]
  }

  private static func member(_ summary: CollectSummary) -> JSONValue {
    [
      "place": .string(summary.place), "kept": .integer(Int64(summary.keptCount)),
      "unused": json(summary.unused),
      "objects": .array(
        summary.objects.map {
          ["sha256": .string($0.digest.hex), "size": .integer($0.byteCount)]
        }),
      "left in packs": json(summary.left), "young": .integer(Int64(summary.youngCount)),
      "moved": json(summary.moved),
      "operation": summary.operation.map { .string($0) } ?? .null,
      "deleted": json(summary.deleted), "restored": .integer(Int64(summary.restoredCount)),
      "trash": json(summary.trash),
    ]
  }

  static func json(_ amount: CollectSummary.Amount) -> JSONValue {
    ["count": .integer(Int64(amount.count)), "bytes": .integer(amount.byteCount)]
  }
}

/// What `gc --empty-trash` prints.
struct EmptyReport {
  private let summaries: [EmptySummary]
  private let isDry: Bool

  init(_ summaries: [EmptySummary], isDry: Bool) {
    (self.summaries, self.isDry) = (summaries, isDry)
  }

  func print(on console: Console) {
    if console.printsJSON {
      return console.print(json: [
        "dry": .bool(isDry), "places": .array(summaries.map(Self.member)),
      ])
    }
    for summary in summaries { print(summary, on: console) }
  }

  private func print(_ summary: EmptySummary, on console: Console) {
    let files = CountText.text(summary.waiting.count, "file")
    let waiting = "\(files), \(ByteCount(summary.waiting.byteCount))"
    if isDry { return console.status("The trash of \(summary.place) holds \(waiting)") }
    let amount = CollectReport.amount(summary.deleted.count, summary.deleted.byteCount)
    console.status("Deleted \(amount) in the trash of \(summary.place)")
    if summary.restoredCount > 0 {
      console.status("Brought back \(summary.restoredCount), which something needs again")
    }
    if summary.waiting.count > 0 {
      console.status(
        "\(waiting) stay until they have been there for \(summary.graceHours) hours (gc.grace)")
    }
    if !summary.endedOperations.isEmpty {
      let numbers = Self.list(summary.endedOperations)
      console.status("'dver undo' cannot take these operations back any more: \(numbers)")
    }
    for ended in summary.endedElsewhere {
      let numbers = Self.list(ended.operations)
      console.status(
        "'dver undo' in \(ended.folder) cannot take these operations back any more: \(numbers)")
    }
  }

  private static func list(_ numbers: [Int]) -> String {
    numbers.map(String.init).joined(separator: ", ")
  }

  private static func member(_ summary: EmptySummary) -> JSONValue {
    [
      "place": .string(summary.place), "deleted": CollectReport.json(summary.deleted),
      "restored": .integer(Int64(summary.restoredCount)),
      "waiting": CollectReport.json(summary.waiting), "grace": .integer(summary.graceHours),
      "ended operations": .array(summary.endedOperations.map { .integer(Int64($0)) }),
    ]
  }
}
