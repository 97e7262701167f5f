package import DverCore
package import DverManifest

/// The stages of one file, in file order, after templates are filled in.
package struct StageFile: Sendable {
  package let path: RepositoryPath
  package let stages: [Stage]

  package init(path: RepositoryPath, stages: [Stage]) {
    self.path = path
    self.stages = stages
  }
}

/// Data that a pointer file tracks.
package struct TrackedPath: Hashable, Sendable {
  package let pointer: RepositoryPath
  package let path: RepositoryPath

  package init(pointer: RepositoryPath, path: RepositoryPath) {
    self.pointer = pointer
    self.path = path
  }
}
