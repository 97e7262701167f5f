import ArgumentParser
import DverCore
import DverWorkspace

/// `dver verify`: hashes objects again.
struct VerifyCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash objects again, and set damaged ones aside",
    discussion: """
      Without targets, all objects of the cache, or of a remote. Samples go on where the last one \
      stopped, so that some runs together look at everything.

      Examples:
        dver verify
        dver verify -r shared --sample 5%
        dver verify --budget 600
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: "Look at this remote's objects instead of the cache's", completion: .remote)
  var remote: String?

  @Option(
    help: ArgumentHelp("Look at this share of the objects only, such as 5%", valueName: "percent"),
    transform: Self.perMille)
  var sample: Int?

  @Option(help: ArgumentHelp("Begin no further object after this time", valueName: "seconds"))
  var budget: Int?

  @Argument(help: "Tracked paths, pointers or stages (default: all objects)", completion: .target)
  var targets: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if let budget, budget < 0 { throw ValidationError("--budget takes a number of seconds") }
  }

  /// Reads `5%`, `5` or `0.5%`.
  private static func perMille(_ text: String) throws -> Int {
    let number = Double(text.hasSuffix("%") ? String(text.dropLast()) : text)
    guard let number, number > 0, number <= 100 else {
      throw ValidationError("--sample takes a share such as 5%, not '\(text)'")
    }
    return max(1, Int((number * 10).rounded()))
  }

  func run(in workspace: Workspace, console: Console) throws {
    var options = VerifyOptions()
    options.remote = remote
    options.samplePerMille = sample
    options.budget = budget.map { .seconds($0) }
    let summary = try workspace.verify(targets.map(\.pathBytes), options: options)
    if console.printsJSON {
      console.print(json: Self.document(summary))
    } else {
      print(summary, on: console)
    }
    if !summary.isSound { throw ExitRequest(status: .damaged) }
  }

  private func print(_ summary: VerifySummary, on console: Console) {
    for (word, findings) in [("damaged", summary.damaged), ("missing", summary.missing)] {
      for finding in findings {
        let paths = finding.paths.isEmpty ? ["no tracked path"] : finding.paths.map { "\($0)" }
        console.print("\(word)\t\(finding.digest)\t\(paths.joined(separator: ", "))")
      }
    }
    for pack in summary.packs {
      console.print("pack\t\(pack.name)\t\(pack.damage), \(Self.outcome(pack))")
    }
    for path in summary.manifests { console.print("manifest\t\(path)") }
    let all = summary.isComplete ? "all of" : "a part of"
    let whole = targets.isEmpty ? summary.place : "the targets' objects in \(summary.place)"
    let objects = CountText.text(summary.objectCount, "object")
    console.status(
      "Verified \(all) \(whole): \(objects), \(ByteCount(summary.byteCount))")
    if summary.isSound { return console.status("Everything is sound") }
    if summary.packs.contains(where: \.isMended) {
      console.status(
        "What is whole in damaged packs is in new ones by now, the old files are in quarantine")
    }
    if !summary.damaged.isEmpty {
      let place =
        summary.quarantine.map { "are in \($0) under their digests" }
        ?? "could not be moved to quarantine"
      console.status(
        "Damaged objects \(place): bring sound ones back with 'dver pull' or 'add'")
    }
  }

  private static func outcome(_ pack: VerifySummary.DamagedPack) -> String {
    pack.isMended ? "mended" : "not mended"
  }

  private static func document(_ summary: VerifySummary) -> JSONValue {
    func list(_ findings: [VerifySummary.Finding]) -> JSONValue {
      .array(
        findings.map { finding in
          [
            "sha256": .string(finding.digest.hex),
            "paths": .array(finding.paths.map { .path($0) }),
          ]
        })
    }
    return [
      "place": .string(summary.place), "objects": .integer(Int64(summary.objectCount)),
      "bytes": .integer(summary.byteCount), "complete": .bool(summary.isComplete),
      "damaged": list(summary.damaged), "missing": list(summary.missing),
      "packs": .array(
        summary.packs.map { pack in
          [
            "sha256": .string(pack.name.hex), "damage": .string(pack.damage),
            "mended": .bool(pack.isMended),
          ]
        }),
      "manifests": .array(summary.manifests.map { .path($0) }),
    ]
  }
}
