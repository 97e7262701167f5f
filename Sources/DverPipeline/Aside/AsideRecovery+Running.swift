package import DverCore
import DverFileSystem

extension AsideRecovery {
  /// The outputs of stages that living processes are running, with the stage: what stands in their places
  /// is for the commands. Costs one look at a folder where nothing is set aside.
  package static func outputsInUse(
    _ layout: AsideLayout
  ) throws -> [RepositoryPath: StageAddress] {
    var stages: [RepositoryPath: StageAddress] = [:]
    for file in try LifeSign.files(in: layout.aside) {
      let name = String(decoding: file.lastComponent, as: UTF8.self)
      guard name.hasSuffix(AsideLayout.lockSuffix) else { continue }
      let token = String(name.dropLast(AsideLayout.lockSuffix.count))
      guard try !LifeSign.isDead(layout.lock(of: token), scratch: layout.scratch) else { continue }
      let journal = layout.folder(of: token).appending(AsideJournal.fileName)
      let log = try FileSystem.contents(of: journal) ?? []
      for entry in AsideJournal.entries(in: log) where entry.state == .open {
        for output in entry.outputs { stages[output.path] = entry.stage }
      }
    }
    return stages
  }
}
