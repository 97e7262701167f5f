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
      let journal = layout.folder(of: token).appending(AsideJournal.fileName)
      let log = try FileSystem.contents(of: journal) ?? []
      for entry in AsideJournal.entries(in: log) where entry.state == .open {
        for output in entry.outputs { stages[output.path] = entry.stage }
      }
    }
    return stages
  }

  /// A living process that has begun to run stages, and may set more outputs aside; `nil` where there is
  /// none. Costs one look at a folder where nothing is set aside.
  package static func runner(_ layout: AsideLayout) throws -> String? {
    try livingTokens(layout).first.map {
      LifeSign.holder(at: layout.lock(of: $0)) ?? "another process"
    }
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
