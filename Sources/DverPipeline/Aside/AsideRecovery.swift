package import DverCore
package import DverFileSystem
import Glibc

/// Puts back the old outputs of stages that a killed process was running.
package enum AsideRecovery {
  /// What recovery did.
  package struct Report: Hashable, Sendable {
    /// Stages that had not finished; their old outputs are back, their new ones in quarantine.
    package var interrupted: [StageAddress] = []
    /// Whether a process had died.
    package var foundDead = false
    /// What could not be put back, and will be tried again.
    package var left: [LeftAside] = []

    package init() {}
  }

  /// Looks for what dead processes left; costs one look at a folder where there is nothing.
  ///
  /// An output that cannot be put back keeps nobody from the rest.
  ///
  /// - Parameters:
  ///   - preserve: Makes sure that the store holds the content at the path, an old version of the
  ///     output, before it is dropped.
  ///   - barrier: Makes the store durable.
  ///   - hidden: Saves what the store does not get, and what has the place of a folder above an
  ///     output: the user may have put it there.
  ///   - displacing: Called before what stands at an output's path goes to quarantine: the killed
  ///     command may have left it, or the user may have put it there since.
  package static func recover(
    _ layout: AsideLayout, preserve: (AbsolutePath, RepositoryPath) throws -> Void,
    barrier: () throws -> Void, saving hidden: HiddenFiles,
    displacing: (RepositoryPath) -> Void
  ) throws -> Report {
    var report = Report()
    var tokens: Set<String> = []
    for file in try LifeSign.files(in: layout.aside) {
      let name = String(decoding: file.lastComponent, as: UTF8.self)
      tokens.insert(
        name.hasSuffix(AsideLayout.lockSuffix)
          ? String(name.dropLast(AsideLayout.lockSuffix.count)) : name)
    }
    // Whoever is alive looks after its outputs itself.
    let dead = try tokens.sorted().filter {
      try LifeSign.isDead(layout.lock(of: $0), scratch: layout.scratch)
    }
    guard !dead.isEmpty, let lease = try lease(layout) else { return report }
    report.foundDead = true
    for token in dead {
      try lease.check()
      let session = DeadSession(layout, token)
      try session.endCommands()
      let returned = try session.putBack(saving: hidden, displacing: displacing)
      report.interrupted += returned.interrupted
      report.left += returned.left
      let left = Set(returned.left.flatMap(\.outputs).compactMap(\.place))
      try session.dropRest(
        except: left, preserve: preserve, barrier: barrier, saving: hidden)
      guard returned.left.isEmpty else { continue }
      try FileSystem.removeFile(layout.folder(of: token).appending(AsideJournal.fileName))
      // What nobody can name is left for the user.
      guard
        try FileSystem.removeEmptyDirectory(layout.folder(of: token))
          || !FileSystem.exists(layout.folder(of: token))
      else { continue }
      try LifeSign.forget(layout.lock(of: token))
    }
    return report
  }

  /// The right to look after what dead processes left; `nil` if somebody else does.
  private static func lease(_ layout: AsideLayout) throws -> Lease? {
    do {
      return try Lease(
        layout.aside.parent.appending("recovery"), purpose: "recovery", settings: layout.leases,
        scratch: layout.scratch, timeout: .zero)
    } catch is LockError {
      return nil
    }
  }
}

/// What one dead process left.
private struct DeadSession {
  private let layout: AsideLayout
  private let token: String
  private let folder: AbsolutePath

  init(_ layout: AsideLayout, _ token: String) {
    self.layout = layout
    self.token = token
    folder = layout.folder(of: token)
  }

  /// Ends what commands of stages that had not finished left running: it would write over what is put
  /// back.
  func endCommands() throws {
    let open = try entries().filter { $0.state == .open && !$0.outputs.isEmpty }
    if !open.isEmpty { OrphanedCommands(token: token, stages: open.map(\.stage)).end() }
  }

  /// Puts back what belongs to stages that had not finished.
  func putBack(
    saving hidden: HiddenFiles, displacing: (RepositoryPath) -> Void
  ) throws -> AsideRecovery.Report {
    var report = AsideRecovery.Report()
    var done: [Int] = []
    for entry in try entries() where entry.state == .open {
      var left: [LeftAside.Output] = []
      for (index, output) in entry.outputs.enumerated() {
        do {
          try putBack(entry, index, saving: hidden, displacing: displacing)
        } catch {
          left.append(
            places(entry, index).left(wasThere: output.wasThere, because: error))
        }
      }
      if left.isEmpty {
        done.append(entry.number)
        report.interrupted.append(entry.stage)
      } else {
        report.left.append(LeftAside(stage: entry.stage, outputs: left))
      }
    }
    report.left += try putBackUnlisted(saving: hidden)
    // What is made in their places from now on is nobody's to take away.
    if !report.left.isEmpty { try note(done) }
    return report
  }

  /// Writes down that the outputs of some stages are back.
  private func note(_ done: [Int]) throws {
    guard !done.isEmpty else { return }
    let journal = try OpenFile(folder.appending(AsideJournal.fileName), .update)
    guard lseek(journal.descriptor, 0, SEEK_END) >= 0 else {
      throw FileSystemError(.write, journal.path)
    }
    for number in done { try journal.write(AsideJournal.change(number, to: .back)) }
  }

  private func putBack(
    _ entry: AsideJournal.Entry, _ index: Int, saving hidden: HiddenFiles,
    displacing: (RepositoryPath) -> Void
  ) throws {
    let output = entry.outputs[index]
    let places = places(entry, index)
    if output.wasThere, try places.present() == nil { return }
    let quarantine = layout.quarantine(of: entry.stage)
    let link = try places.linkAbove()
    if try link == nil && FileSystem.exists(places.original) { displacing(output.path) }
    if output.wasThere {
      try places.putBack(quarantine: quarantine) { try keep($0, hidden) }
    } else if let link {
      try keep(link, hidden)
    } else {
      try quarantine.take(places.original)
    }
  }

  private func keep(_ obstacle: AbsolutePath, _ hidden: HiddenFiles) throws {
    try hidden.keep(obstacle, as: obstacle.relative(to: layout.root) ?? .root)
  }

  /// A power cut may take the journal and leave the moves: names say where their content belongs.
  private func putBackUnlisted(saving hidden: HiddenFiles) throws -> [LeftAside] {
    let listed = Set(try entries().map(\.number))
    var left: [LeftAside] = []
    for item in try items() where !listed.contains(item.number) {
      let original = layout.root.appending(item.path)
      do {
        let obstacle = try FileSystem.obstacle(above: original, in: layout.root)
        guard try obstacle != nil || !FileSystem.exists(original) else { continue }
        try AsidePlaces.clearWay(to: original, in: layout.root) { try keep($0, hidden) }
        try FileSystem.rename(item.location, to: original)
      } catch {
        let output = LeftAside.Output(
          path: item.path, place: item.location,
          reason: (error as? any DverError)?.message ?? "\(error)")
        left.append(LeftAside(stage: nil, outputs: [output]))
      }
    }
    return left
  }

  /// Drops old outputs of finished stages, after their content is known to be kept.
  ///
  /// - Parameter left: What is still to be put back.
  func dropRest(
    except left: Set<AbsolutePath>,
    preserve: (AbsolutePath, RepositoryPath) throws -> Void, barrier: () throws -> Void,
    saving hidden: HiddenFiles
  ) throws {
    var rest = try items().map { ($0.location, $0.path) }
    rest.removeAll { left.contains($0.0) }
    for entry in try entries() where entry.state == .complete {
      for (index, output) in entry.outputs.enumerated() {
        let places = places(entry, index)
        guard let place = try places.present(), place != places.inArea else { continue }
        rest.append((place, output.path))
      }
    }
    guard !rest.isEmpty else { return }
    for (location, path) in rest { try preserve(location, path) }
    try barrier()
    for (location, path) in rest {
      try hidden.rescue(from: location, of: path)
      try FileSystem.removeTree(location)
    }
  }

  private func entries() throws -> [AsideJournal.Entry] {
    let log = try FileSystem.contents(of: folder.appending(AsideJournal.fileName))
    return AsideJournal.entries(in: log ?? [])
  }

  private func places(_ entry: AsideJournal.Entry, _ index: Int) -> AsidePlaces {
    layout.places(
      of: entry.outputs[index].path, token: token, number: entry.number, index: index)
  }

  /// What stands in the folder, with the path that its name tells or the journal knows.
  private func items() throws -> [(number: Int, location: AbsolutePath, path: RepositoryPath)] {
    let entries = try entries()
    return try (FileSystem.names(in: folder) ?? []).compactMap { name in
      let parts = name.split(separator: UInt8(ascii: "."), maxSplits: 2)
      guard parts.count == 3, let number = Int(String(decoding: parts[0], as: UTF8.self)),
        let index = Int(String(decoding: parts[1], as: UTF8.self))
      else { return nil }
      let entry = entries.first { $0.number == number }
      let listed = entry.flatMap { index < $0.outputs.count ? $0.outputs[index].path : nil }
      let told = SafeFileName.decoded(parts[2]).flatMap { RepositoryPath($0) }
      return (listed ?? told).map { (number, folder.appending(name), $0) }
    }
  }
}
