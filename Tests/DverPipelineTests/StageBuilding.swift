import DverCore
import DverFileSystem
import DverManifest
import DverPipeline

/// The workspace of graphs that never touch the disk.
let fixedRoot = AbsolutePath(normalized: Array("/home/ada/project".utf8))

/// A stage that reads and writes the given paths.
func stage(
  _ name: String, _ commands: [String] = ["true"], from dependencies: [String] = [],
  to outputs: [String] = [], parameters: [ParameterSelection] = [], directory: String? = nil,
  isFrozen: Bool = false, alwaysRuns: Bool = false
) -> Stage {
  Stage(
    name: name, commands: commands, workingDirectory: directory,
    dependencies: dependencies.map { Array($0.utf8) }, parameters: parameters,
    outputs: outputs.map { StageOutput(path: Array($0.utf8)) }, isFrozen: isFrozen,
    alwaysRuns: alwaysRuns)
}

func path(_ text: String) -> RepositoryPath {
  RepositoryPath(normalized: Array(text.utf8))
}

/// A graph of the stages of `dver.yaml` in the top folder.
func graph(
  _ stages: [Stage], tracked: [TrackedPath] = [], root: AbsolutePath = fixedRoot
) throws -> StageGraph {
  try StageGraph(
    root: root, files: [StageFile(path: path("dver.yaml"), stages: stages)], tracked: tracked)
}
