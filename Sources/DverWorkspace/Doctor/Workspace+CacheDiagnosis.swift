import DverCore
import DverFileSystem
import DverGit
import DverHashing
import DverObjectStore

extension Workspace {
  func diagnoseCache(_ diagnosis: inout Diagnosis) throws {
    let folder = try cacheFolder()
    guard let store = try cacheIfPresent() else {
      return diagnosis.state("cache", "\(folder), nothing stored yet")
    }
    let objects = try store.looseObjects()
    let packs = try store.packSummaries()
    var (size, seen) = (Int64(0), 0)
    // Digests are evenly spread, so the first ones tell how large the others are.
    for digest in objects.prefix(Self.sampleCount) {
      size += try FileSystem.status(of: store.path(of: digest))?.size ?? 0
      seen += 1
    }
    let isSample = seen < objects.count
    if isSample { size = Int64(Double(size) / Double(seen) * Double(objects.count)) }
    size += packs.reduce(0) { $0 + $1.byteCount }
    let count = objects.count + packs.reduce(0) { $0 + $1.objectCount }
    let packText = packs.isEmpty ? "" : ", " + CountText.text(packs.count, "pack")
    diagnosis.state(
      "cache",
      "\(folder) (\(try FileSystem.traits(of: folder).name)), \(CountText.text(count, "object")), "
        + "\(isSample ? "about " : "")\(ByteCount(size))\(packText), store \(store.descriptor.id)")
    let damaged = packs.filter(\.isDamaged)
    if !damaged.isEmpty {
      diagnosis.report(
        .damage, "\(damaged.count) pack\(damaged.count == 1 ? " is" : "s are") damaged",
        hint: "run 'dver verify' to save what is whole, then 'dver pull'")
    }
  }

  private static let sampleCount = 4096

  /// Names what is damaged, and what only is left of damage that was mended.
  ///
  /// - Parameter remote: Its name; `nil` for the cache.
  func diagnoseQuarantine(
    of store: ObjectStore, remote: String? = nil, _ diagnosis: inout Diagnosis
  ) throws {
    let found = try store.quarantineSummary()
    let (lost, mended) = (found.lostCount, found.mendedCount)
    let place = remote.map { "the quarantine of remote '\($0)'" } ?? "quarantine"
    if lost > 0 {
      diagnosis.report(
        .damage, "\(lost) damaged object\(lost == 1 ? " is" : "s are") in \(place)",
        hint: remote.map { "run 'dver repair -r \($0)', or 'dver push' where the data is" }
          ?? "run 'dver pull', or 'dver add' where the data is")
    }
    guard mended > 0 else { return }
    let folder = PathQuoting.quoted(store.quarantineFolder.bytes)
    diagnosis.report(
      .note,
      "\(CountText.text(mended, "file")) in \(place) \(mended == 1 ? "is" : "are") left from "
        + "damage that was mended: the objects are sound",
      hint: lost == 0 ? "to be rid of it, run 'rm -r \(folder)'" : "keep \(folder) for now")
  }

  /// Names recorded data of which this machine has nothing.
  func diagnoseAbsence(of outputs: [TrackedOutput], _ diagnosis: inout Diagnosis) throws {
    let absent = try outputs.filter { output in
      guard output.isCached, output.name != nil else { return false }
      return try !FileSystem.exists(root.appending(output.path))
        && !isInCache(output, content: .missing)
    }
    guard !absent.isEmpty else { return }
    let text =
      WorkspaceError.list(absent.map { displayed($0.path) })
      + (absent.count == 1 ? " is" : " are") + " neither in the workspace nor in the cache"
    if try configuration().remoteNames.isEmpty {
      diagnosis.report(
        .damage, "\(text), and there is no remote",
        hint: "run 'dver remote add -d NAME PATH' for a remote that has it, then 'dver pull'")
    } else {
      diagnosis.report(.note, text, hint: "run 'dver pull'")
    }
  }

  /// Names records that nothing can be restored by, though the content is there.
  func diagnoseSizes(of outputs: [TrackedOutput], _ diagnosis: inout Diagnosis) throws {
    for output in outputs where output.isCached {
      guard let text = wrongSize(of: output) else { continue }
      diagnosis.report(
        .problem, text, hint: "correct that, or run 'dver add' where the data is")
    }
  }

  /// Tries which links really work from the cache to the workspace.
  func diagnoseLinks(_ diagnosis: inout Diagnosis) throws {
    let cache = try cacheFolder()
    let source = try FileSystem.exists(cache) ? cache.appending("tmp") : temporaryFolder
    for folder in [source, temporaryFolder] { try FileSystem.makeDirectories(folder) }
    let name = FileSystem.temporaryName()
    let (file, target) = (
      source.appending(name), temporaryFolder.appending(name + Array("-link".utf8))
    )
    defer {
      for path in [file, target] { _ = try? FileSystem.removeFile(path) }
    }
    let probe = try OpenFile(file, .createNew(permissions: 0o600))
    try probe.write(Array("dver".utf8))
    let working = try [LinkType.reflink, .hardlink, .symlink].filter { type in
      defer { _ = try? FileSystem.removeFile(target) }
      switch type {
      case .reflink:
        return try OpenFile(target, .createNew(permissions: 0o600)).clone(probe)
      case .hardlink:
        do {
          try FileSystem.link(file, at: target)
        } catch is FileSystemError {
          return false
        }
        return true
      case .symlink:
        do {
          try FileSystem.makeSymbolicLink(to: file.bytes, at: target)
        } catch is FileSystemError {
          return false
        }
        return try FileSystem.contents(of: target) == Array("dver".utf8)
      case .copy: return true
      }
    }
    diagnosis.state("links", (working + [.copy]).map(\.rawValue).joined(separator: ", "))
    let wanted = try configuration().linkTypes
    guard try configuration().layers.value("cache.type") != nil,
      !wanted.contains(where: { $0 == .copy || working.contains($0) })
    else { return }
    diagnosis.report(
      .problem,
      "cache.type asks for \(wanted.map(\.rawValue).joined(separator: ",")), which does not work here",
      hint: "files are copied; run 'dver config cache.type reflink,copy', or move the cache")
  }
}
