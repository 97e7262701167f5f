import DverCore
import DverManifest

extension StageLock {
  /// The lock of a stage that read `inputs` and wrote `outputs`, in the order that locks have.
  init(_ stage: Stage, inputs: StageInputs, outputs: [OutputRecord]) {
    func sorted(_ records: [OutputRecord]) -> [OutputRecord] {
      records.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }
    var files: [ParameterFile] = []
    for file in inputs.parameters.compactMap(\.self) {
      if let place = files.firstIndex(where: { $0.file == file.file }) {
        let known = Set(files[place].values.map(\.key))
        files[place].values += file.values.filter { !known.contains($0.key) }
      } else {
        files.append(file)
      }
    }
    for place in files.indices {
      files[place].values.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    self.init(
      commands: stage.commands, commandIsList: stage.commandIsList,
      environment: stage.environment.sorted {
        $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
      },
      dependencies: sorted(inputs.dependencies),
      parameters: files.sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) },
      outputs: sorted(outputs))
  }
}
