import DverCore
package import DverFileSystem
import DverGit

/// What `install` set up.
package struct InstallSummary: Sendable {
  package let hooksFolder: AbsolutePath
  package let hooks: [String]
}

extension Workspace {
  /// Makes git call dver: hooks that check out, check and push data, and a merge driver.
  ///
  /// - Throws: With nothing changed, if somebody else's hook is in the way.
  package func install() throws -> InstallSummary {
    try withLock("dver install") { try installHooks() }
  }

  private func installHooks() throws -> InstallSummary {
    let git = try requiredGit(for: "dver install")
    let folder = AbsolutePath(normalized: try git.hooksDirectory())
    let prefix = gitPrefix(in: git)
    let scripts = HookScript.names.map { HookScript(name: $0, folder: prefix.bytes) }
    for script in scripts {
      let path = folder.appending(script.name)
      guard try FileSystem.exists(path), try FileSystem.contents(of: path) != script.bytes else {
        continue
      }
      throw WorkspaceError.failed(
        "the hook \(path) exists already",
        hint: "add the line '\(script.lineForOthers)' to it")
    }
    try FileSystem.makeDirectories(folder)
    for script in scripts {
      let path = folder.appending(script.name)
      try removeUnfinished(script.bytes, beside: path)
      try FileSystem.replaceContents(of: path, with: script.bytes)
      try FileSystem.setMode(0o755, of: path)
    }
    try installMergeDriver(in: git)
    return InstallSummary(hooksFolder: folder, hooks: HookScript.names)
  }

  /// Nodes name the driver in `.dver/.gitattributes`; for pointers and locks it is named where only
  /// this clone sees it, like the driver itself.
  private func installMergeDriver(in git: GitRepository) throws {
    let settings = [
      (name: "merge.dver.name", value: "dver's pointers and manifests"),
      (name: "merge.dver.driver", value: "dver git-hook merge-driver %O %A %B %P"),
    ]
    if try settings.contains(where: { try git.configuration($0.name) != $0.value }) {
      try gitLockRecord.noting { willLock in
        try git.setConfiguration(
          settings, timeout: configuration().lockTimeout, willLock: willLock)
      }
    }
    let path = AbsolutePath(normalized: git.commonDirectory).appending("info/attributes")
    var text = try FileSystem.contents(of: path) ?? []
    let present = text.split(separator: UInt8(ascii: "\n"))
    for line in ["*.dver merge=dver", "dver.lock merge=dver"] {
      if present.contains(where: { $0.elementsEqual(line.utf8) }) { continue }
      if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
      text += Array((line + "\n").utf8)
    }
    try FileSystem.makeDirectories(path.parent)
    try removeUnfinished(text, beside: path)
    try FileSystem.replaceContents(of: path, with: text)
  }

  /// Whether hooks of dver are in place.
  func hasHooks(in git: GitRepository) throws -> Bool {
    let folder = AbsolutePath(normalized: try git.hooksDirectory())
    return try HookScript.names.allSatisfy { name in
      let bytes = try FileSystem.contents(of: folder.appending(name)) ?? []
      return String(decoding: bytes, as: UTF8.self).contains("dver git-hook \(name)")
    }
  }

  /// Whether git runs the hook that `install` writes before a push, and not one of somebody else's that
  /// calls dver too.
  package func hasOwnPushHook() throws -> Bool {
    guard let git = try git() else { return false }
    let script = HookScript(name: HookScript.push, folder: gitPrefix(in: git).bytes)
    let path = AbsolutePath(normalized: try git.hooksDirectory()).appending(script.name)
    return try FileSystem.contents(of: path) == script.bytes
  }

  /// What to write into a hook of somebody else's.
  package static var pushHookLine: String {
    HookScript(name: HookScript.push, folder: []).lineForOthers
  }

  /// Whether `push` without a name knows where to.
  package func hasPushTarget() throws -> Bool {
    let configuration = try configuration()
    return try configuration.defaultRemote != nil || configuration.remoteNames.count == 1
  }

  /// Whether git is in the middle of a rebase, whose checkouts are not the user's.
  package func isRebasing() throws -> Bool {
    guard let git = try git() else { return false }
    let folder = AbsolutePath(normalized: git.gitDirectory)
    return try FileSystem.exists(folder.appending("rebase-merge"))
      || FileSystem.exists(folder.appending("rebase-apply"))
  }
}
