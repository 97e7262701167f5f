package import DverCore

/// Two files of dver's that track the same data, or a path and a part of it: what one writes, the
/// other would overwrite.
package struct OverlapError: DverError {
  let inner: TrackedOutput
  let outer: TrackedOutput

  package var message: String {
    let relation = inner.path == outer.path ? "is" : "lies inside"
    return "\(inner.path) of \(inner.originText) \(relation) \(outer.path), "
      + "which \(outer.originText) tracks"
  }

  package var hint: String? {
    switch (inner.origin, outer.origin) {
    case (.pointer(let one), .pointer(let other)) where one == other:
      "take one of both out of that file"
    case (.pointer(let path), .pointer), (.pointer(let path), .stage):
      "remove one of both, such as with 'git rm \(path)'"
    case (.stage, .pointer(let path)):
      "remove one of both, such as with 'git rm \(path)'"
    case (.stage, .stage): "every path belongs to one stage; write one of them elsewhere"
    }
  }

  package var exitStatus: ExitStatus { .failed }
}

extension Catalog {
  /// Refuses pointers that track the same path as something else, or a part of it; stages are
  /// compared with each other where their graph is made.
  ///
  /// - Throws: ``OverlapError``.
  func refuseOverlaps() throws {
    for (one, other) in zip(outputs, outputs.dropFirst()) where one.path == other.path {
      try Self.refuse(other, in: one)
    }
    // Most outputs lie in few folders, each of which is looked up once.
    var free: Set<RepositoryPath> = []
    for output in outputs {
      var folder = output.path.parent
      while !folder.isRoot, !free.contains(folder) {
        if let outer = self.output(at: folder) {
          try Self.refuse(output, in: outer)
        } else {
          free.insert(folder)
        }
        folder = folder.parent
      }
    }
  }

  private static func refuse(_ inner: TrackedOutput, in outer: TrackedOutput) throws {
    if case (.stage, .stage) = (inner.origin, outer.origin) { return }
    throw OverlapError(inner: inner, outer: outer)
  }
}
