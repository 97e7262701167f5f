import DverCore
import DverFileSystem
import DverIgnore

/// What the ignore files say of one path.
package struct IgnoreCheck: Sendable {
  /// As the user wrote it.
  package let path: [UInt8]
  package let isIgnored: Bool
  /// `FILE:LINE:PATTERN` of every rule that matches; the last one decides.
  package let rules: [[UInt8]]
}

extension Workspace {
  /// Asks the ignore files about paths, which need not exist; a path outside of the workspace
  /// matches nothing.
  package func checkIgnore(_ targets: [[UInt8]]) throws -> [IgnoreCheck] {
    try targets.map { target in
      guard let path = try? path(of: target), !path.isRoot else {
        return IgnoreCheck(path: target, isIgnored: false, rules: [])
      }
      let isDirectory =
        try target.last == RepositoryPath.slash
        || FileSystem.status(of: root.appending(path))?.isDirectory == true
      return try checkIgnore(path, isDirectory: isDirectory, as: target)
    }
  }

  private func checkIgnore(
    _ path: RepositoryPath, isDirectory: Bool, as target: [UInt8]
  ) throws -> IgnoreCheck {
    if let inner = try innerWorkspace(around: path) {
      let rule = Array("in sub_repo:\(inner)".utf8)
      return IgnoreCheck(path: target, isIgnored: true, rules: [rule])
    }
    let stack = try ignoreStack(around: path)
    let decision = stack.decision(forPath: path.bytes.span, isDirectory: isDirectory)
    var rules = stack.matches(forPath: path.bytes.span, isDirectory: isDirectory).map { rule in
      stack.file(of: rule).bytes + Array(":\(stack.line(of: rule)):".utf8)
        + stack.pattern(of: rule)
    }
    if rules.isEmpty, decision.isIgnored { rules = [Array("dver itself".utf8)] }
    return IgnoreCheck(path: target, isIgnored: decision.isIgnored, rules: rules)
  }

  /// The folder of another workspace that `path` lies in.
  private func innerWorkspace(around path: RepositoryPath) throws -> RepositoryPath? {
    var folder = path
    while !folder.isRoot {
      if try FileSystem.exists(root.appending(folder).appending(".dver")) { return folder }
      folder = folder.parent
    }
    return nil
  }

  /// The way from where the user is to the workspace's root.
  package var rootFromCurrent: [UInt8] { relativeToCurrent(.root) }
}
