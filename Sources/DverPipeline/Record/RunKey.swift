package import DverCore
import DverHashing
package import DverManifest

/// What makes two runs of a stage the same: all that it is told and all that it reads, and where it
/// writes, but not what.
package enum RunKey {
  /// The version of the rules below; another one finds nothing of this one.
  private static let version = "dver-run 1"

  /// The key of a stage that reads `inputs`; `nil` where a run must not stand for another one.
  package static func of(_ stage: Stage, inputs: StageInputs) -> Digest? {
    guard isRepeatable(stage), inputs.dependencies.allSatisfy({ $0.name != nil }),
      inputs.parameters.allSatisfy({ $0 != nil })
    else { return nil }
    var lock = StageLock(stage, inputs: inputs, outputs: [])
    // The digest says it all; sizes are there for people.
    for index in lock.dependencies.indices {
      lock.dependencies[index].size = nil
      lock.dependencies[index].fileCount = nil
    }
    var writer = StageLockWriter()
    writer.append(version)
    writer.append(stage.workingDirectory ?? ".")
    writer.append(lock)
    let outputs = stage.outputs.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    for output in outputs {
      writer.append(output.path)
      writer.append("\(output.kind) \(output.isCached)")
    }
    var bytes: [UInt8] = []
    for field in writer.fields {
      bytes += Array("\(field.count):".utf8)
      bytes += field
    }
    return SHA256.digest(of: bytes.span)
  }

  /// Whether the same inputs make the same outputs, and these can be kept.
  private static func isRepeatable(_ stage: Stage) -> Bool {
    !StageStaleness.alwaysRuns(stage) && !stage.outputs.isEmpty
      && !(stage.dependencies.isEmpty && stage.parameters.isEmpty)
      && stage.outputs.allSatisfy { !$0.persists && ($0.isCached || $0.kind != .data) }
  }
}
