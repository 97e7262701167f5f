package import DverCore
import DverFileSystem

extension AsideRecovery {
  /// The outputs of stages that living processes are running, with the stage: what stands in their places
  /// is for the commands. Costs one look at a folder where nothing is set aside.
  package static func outputsInUse(
    _ layout: AsideLayout
  ) throws -> [RepositoryPath: StageAddress] {
    var stages: [RepositoryPath: StageAddress] = [:]
    for token in try livingTokens(layout) {
      for entry in try openEntries(of: token, layout) {
        for output in entry.outputs { stages[output.path] = entry.stage }
      }
    }
    return stages
  }

  /// The running stage of which a process with this environment, `NAME=value` each, is a part; `nil` where
  /// it is part of none. To wait for the end of that stage's run would be in vain.
  package static func enclosingStage(
    of environment: [[UInt8]], _ layout: AsideLayout
  ) throws -> StageAddress? {
    func has(_ variable: String) -> Bool { environment.contains(Array(variable.utf8)) }
    let tokens = try livingTokens(layout)
    guard let token = tokens.first(where: { has("\(OrphanedCommands.variable)=\($0)") }) else {
      return nil
    }
    // What a command has left running when it ended is part of nothing any more.
    return try openEntries(of: token, layout).map(\.stage).first { has("DVER_STAGE=\($0.text)") }
  }

  /// A living process that has begun to run stages, and may set more outputs aside; `nil` where there is
  /// none. Costs one look at a folder where nothing is set aside.
  package static func runner(_ layout: AsideLayout) throws -> String? {
    try livingTokens(layout).first.map {
      LifeSign.holder(at: layout.lock(of: $0)) ?? "another process"
    }
  }

  /// The stages that a process is running.
  private static func openEntries(
    of token: String, _ layout: AsideLayout
  ) throws -> [AsideJournal.Entry] {
    let journal = layout.folder(of: token).appending(AsideJournal.fileName)
    let log = try FileSystem.contents(of: journal) ?? []
    return AsideJournal.entries(in: log).filter { $0.state == .open }
  }

  private static func livingTokens(_ layout: AsideLayout) throws -> [String] {
    try LifeSign.files(in: layout.aside).compactMap { file in
      let name = String(decoding: file.lastComponent, as: UTF8.self)
      guard name.hasSuffix(AsideLayout.lockSuffix) else { return nil }
      let token = String(name.dropLast(AsideLayout.lockSuffix.count))
      return try LifeSign.isDead(layout.lock(of: token), scratch: layout.scratch) ? nil : token
    }
  }
}
