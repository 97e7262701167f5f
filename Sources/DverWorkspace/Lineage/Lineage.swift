package import DverCore
package import DverManifest

/// What a path was made of, back to the sources, as pointers and locks record it.
package struct Lineage: Sendable {
  /// How a path came to be.
  package enum Origin: Sendable {
    /// The stage wrote it, when it last ran.
    case stage(MakingStage)
    /// The pointer file tracks it; imported data comes from elsewhere.
    case pointer(String, imports: [PointerFile.Dependency])
    /// A folder of outputs and tracked data.
    case folder
    /// A file that nothing in the workspace made.
    case source
  }

  /// A stage with what it was told when it last ran.
  package struct MakingStage: Sendable {
    /// As the user would type it.
    package let name: String
    /// `nil` where it has not run yet; the inputs are those of its definition then.
    package let lock: StageLock?
  }

  /// A path, the version of it that was read, and what made it.
  package struct Step: Sendable {
    /// As the user would type it.
    package let path: String
    /// As it is written in JSON.
    package let key: JSONValue
    /// What was read; `nil` where that is not recorded.
    package let version: ContentName?
    /// The tracked path that it is a part of.
    package let part: String?
    /// The version that is recorded now, if it is another one.
    package let present: ContentName?
    package let origin: Origin
    /// What it was made of: numbers of steps.
    package let inputs: [Int]
  }

  /// The first one is the path that was asked for, all others are inputs of one before them.
  package internal(set) var steps: [Step] = []
}
