package import DverFileSystem

/// How long stages took when they last succeeded on this machine, in one file for all of them:
/// lines `NANOSECONDS STAGE`, sorted by stage.
///
/// Only a help to start the right stages first, so a file that cannot be read counts as empty.
package struct StageDurations: Sendable {
  private let path: AbsolutePath
  private var durations: [String: Int64] = [:]

  private static let mostBytes = 64 << 20

  package init(_ path: AbsolutePath) {
    self.path = path
    guard let bytes = try? FileSystem.contents(of: path, limit: Self.mostBytes) else { return }
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let blank = line.firstIndex(of: UInt8(ascii: " ")),
        let duration = Int64(String(decoding: line[..<blank], as: UTF8.self)),
        let name = SafeFileName.decoded(line[(blank + 1)...])
      else { continue }
      durations[String(decoding: name, as: UTF8.self)] = duration
    }
  }

  package subscript(stage: StageAddress) -> Duration? {
    durations[stage.text].map { .nanoseconds($0) }
  }

  /// Writes new durations down, and forgets stages that are in none of `graph`'s files.
  package mutating func record(
    _ news: [(stage: StageAddress, duration: Duration)], of graph: StageGraph
  ) throws {
    guard !news.isEmpty else { return }
    for (stage, duration) in news {
      let (seconds, attoseconds) = duration.components
      durations[stage.text] = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
    let known = Set(graph.stages.map(\.address.text))
    durations = durations.filter { known.contains($0.key) }
    var text: [UInt8] = []
    for (name, duration) in durations.sorted(by: { $0.key < $1.key }) {
      text += "\(duration) \(SafeFileName.escaped(Array(name.utf8)))\n".utf8
    }
    try FileSystem.makeDirectories(path.parent)
    try FileSystem.replaceContents(of: path, with: text)
  }
}
