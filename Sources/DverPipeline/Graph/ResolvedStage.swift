package import DverCore
import DverFileSystem
package import DverManifest

/// A stage with its place in the workspace: its paths count from the folder that holds `.dver`.
///
/// An object, because a stage has many fields and is handed around often.
package final class ResolvedStage: Sendable {
  package let address: StageAddress
  package let stage: Stage
  /// Where the command runs.
  package let directory: RepositoryPath
  /// Aligned with `stage.dependencies`.
  package let dependencies: [DependencyPath]
  /// Aligned with `stage.parameters`.
  package let parameterFiles: [DependencyPath]
  /// Aligned with `stage.outputs`.
  package let outputs: [RepositoryPath]

  init(_ stage: Stage, file: RepositoryPath, root: AbsolutePath) throws {
    address = StageAddress(file: file, name: stage.name)
    self.stage = stage
    let written = Array((stage.workingDirectory ?? "").utf8)
    let folder = DependencyPath(written, in: file.parent, root: root)
    guard case .inside(let directory) = folder else {
      throw StageGraphError.directoryOutside(stage: address, path: written)
    }
    self.directory = directory
    dependencies = try stage.dependencies.map { [address] path in
      guard !Self.isAddress(path) else {
        throw StageGraphError.remoteDependency(stage: address, path: path)
      }
      return DependencyPath(path, in: directory, root: root)
    }
    parameterFiles = stage.parameters.map {
      DependencyPath(Array($0.file.utf8), in: directory, root: root)
    }
    outputs = try stage.outputs.map { [address] output in
      let path = DependencyPath(output.path, in: directory, root: root)
      guard output.path.first != RepositoryPath.slash, let path = path.insidePath, !path.isRoot,
        !Self.isAddress(output.path)
      else { throw StageGraphError.outputOutside(stage: address, path: output.path) }
      return path
    }
  }

  /// Whether `path` is written as `scheme://…`.
  private static func isAddress(_ path: [UInt8]) -> Bool {
    guard let colon = path.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return false }
    return path[colon...].starts(with: "://".utf8)
      && path[..<colon].allSatisfy(SafeFileName.isPlain)
  }
}
