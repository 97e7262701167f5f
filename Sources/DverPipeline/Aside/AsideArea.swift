package import DverCore
package import DverFileSystem
import DverManifest
import Glibc
import Synchronization

/// Keeps the old outputs of the stages that this process runs, until new ones are complete.
///
/// Whatever happens to the process, ``AsideRecovery`` finds the old outputs and puts them back.
/// Moving them is a rename each; nothing is synced unless an output lies on another file system
/// than the area.
package final class AsideArea: Sendable {
  /// The outputs of one stage that were set aside.
  package struct Ticket: Sendable {
    /// That of this process.
    let token: String
    let number: Int
    let stage: StageAddress
    /// Which outputs of the stage these are; all else is aligned with this.
    let outputs: [Int]
    let places: [AsidePlaces]
    let wasThere: [Bool]
  }

  private struct Session: ~Copyable {
    let token: String
    let sign: LifeSign
    let journal: OpenFile
    var nextNumber = 0
    var completed: [Ticket] = []
  }

  package let layout: AsideLayout
  private let session: Mutex<Session?> = Mutex(nil)
  /// Outputs of which an old version could not be put back yet.
  private let left: Mutex<Set<RepositoryPath>>

  /// Makes nothing on disk before the first use.
  ///
  /// - Parameter left: Outputs that ``AsideRecovery`` could not put back.
  package init(_ layout: AsideLayout, left: Set<RepositoryPath> = []) {
    self.layout = layout
    self.left = Mutex(left)
  }

  /// Clears the way for new `outputs` of `stage` by moving the present ones aside.
  ///
  /// - Parameter unprotect: Where given, outputs that persist keep a copy in their place, which this
  ///   makes safe to write to.
  package func begin(
    _ stage: ResolvedStage, outputs: [Int], unprotect: ((Int) throws -> Void)? = nil
  ) throws -> Ticket {
    for path in outputs.map({ stage.outputs[$0] }) {
      try requireFolders(above: path, of: stage.address)
      // It will come back, over what would be made here now.
      if left.withLock({ $0.contains(path) }) {
        throw StageFailure.outputLeftAside(stage: stage.address, path)
      }
    }
    let ticket = try open(stage, outputs)
    do {
      for (place, output) in outputs.enumerated() where ticket.wasThere[place] {
        guard try ticket.places[place].setAside(prepare: syncJournal) else { continue }
        if let unprotect, stage.stage.outputs[output].persists {
          try ticket.places[place].copyBack()
          try unprotect(output)
        }
      }
    } catch {
      _ = try? putBack(ticket)
      throw error
    }
    return ticket
  }

  /// Refuses an output behind a link: what is there is not the workspace's to move.
  ///
  /// - Throws: ``StageFailure``.
  func requireFolders(above path: RepositoryPath, of stage: StageAddress) throws {
    let place = layout.root.appending(path)
    guard let obstacle = try FileSystem.obstacle(above: place, in: layout.root),
      try FileSystem.status(of: obstacle)?.isLink == true
    else { return }
    let link = obstacle.relative(to: layout.root) ?? .root
    throw StageFailure.outputBehindLink(stage: stage, path, link: link)
  }

  /// The old outputs, with where they stand aside.
  package func oldOutputs(of ticket: Ticket) throws -> [(output: Int, location: AbsolutePath)] {
    try ticket.outputs.indices.compactMap { index in
      guard ticket.wasThere[index] else { return nil }
      return try ticket.places[index].present().map { (ticket.outputs[index], $0) }
    }
  }

  /// Makes sure that no other process has brought back what was set aside, taking this one for dead.
  ///
  /// - Throws: `LeaseLostError`.
  func requireLife() throws {
    try session.withLock { $0?.sign }?.check()
  }

  /// Says that the new outputs are complete and the old ones kept elsewhere or not wanted.
  package func complete(_ ticket: Ticket) throws {
    try requireLife()
    try write(AsideJournal.change(ticket.number, to: .complete))
    guard ticket.wasThere.contains(true) else { return }
    session.withLock { $0?.completed.append(ticket) }
  }

  /// Puts the old outputs back; what stands in their places goes to the stage's quarantine.
  ///
  /// Goes on where one cannot be put back; recovery will then try again.
  ///
  /// - Throws: ``LeftAside``, at the end.
  package func putBack(_ ticket: Ticket) throws {
    try requireLife()
    let quarantine = layout.quarantine(of: ticket.stage)
    var failed: [LeftAside.Output] = []
    for (places, wasThere) in zip(ticket.places, ticket.wasThere) {
      do {
        if wasThere {
          try places.putBack(quarantine: quarantine, clearing: quarantine.take)
        } else {
          try quarantine.take(places.linkAbove() ?? places.original)
        }
      } catch {
        failed.append(places.left(wasThere: wasThere, because: error))
      }
    }
    guard failed.isEmpty else {
      left.withLock { $0.formUnion(failed.map(\.path)) }
      throw LeftAside(stage: ticket.stage, outputs: failed)
    }
    try write(AsideJournal.change(ticket.number, to: .back))
  }

  /// Removes the old outputs of all completed stages.
  ///
  /// Only after a barrier: until then they may be the only copy that a power cut spares.
  package func dropCompleted(saving hidden: HiddenFiles) throws {
    let tickets = session.withLock { session in
      let tickets = session?.completed ?? []
      session?.completed = []
      return tickets
    }
    for ticket in tickets {
      try requireLife()
      for places in ticket.places {
        guard let path = places.original.relative(to: layout.root) else { continue }
        try places.drop(path, saving: hidden)
      }
    }
  }

  /// Whether ``dropCompleted(saving:)`` has something to do, so that a barrier is worth its wait.
  package var hasCompleted: Bool { session.withLock { !($0?.completed.isEmpty ?? true) } }

  /// Removes what the process needed, once all its stages are done and dropped.
  package func close() throws {
    try requireLife()
    try session.withLock { (session: inout Session?) in
      guard let done = session.take() else { return }
      // Recovery needs the journal for what could not be put back.
      guard left.withLock(\.isEmpty) else { return }
      let folder = layout.folder(of: done.token)
      try FileSystem.removeFile(folder.appending(AsideJournal.fileName))
      guard try FileSystem.removeEmptyDirectory(folder) else { return }
      try FileSystem.removeFile(layout.lock(of: done.token))
    }
  }

  private func open(_ stage: ResolvedStage, _ outputs: [Int]) throws -> Ticket {
    let paths = outputs.map { stage.outputs[$0] }
    let wasThere = try paths.map { try FileSystem.exists(layout.root.appending($0)) }
    return try session.withLock { session in
      if session == nil { session = try Self.start(layout) }
      try session?.sign.check()
      let number = session?.nextNumber ?? 0
      session?.nextNumber += 1
      let entry = AsideJournal.Entry(
        number: number, stage: stage.address,
        outputs: zip(paths, wasThere).map { AsideJournal.Output(path: $0, wasThere: $1) })
      try session?.journal.write(AsideJournal.begin(entry))
      // A name that was cut does not say where its content belongs; the journal must.
      if paths.contains(where: { SafeFileName.isCut($0.bytes) }) { try session?.journal.sync() }
      let token = session?.token ?? ""
      let places = paths.enumerated().map {
        layout.places(of: $1, token: token, number: number, index: $0)
      }
      return Ticket(
        token: token, number: number, stage: stage.address, outputs: outputs, places: places,
        wasThere: wasThere)
    }
  }

  private func write(_ line: [UInt8]) throws {
    try session.withLock { try $0?.journal.write(line) }
  }

  private func syncJournal() throws {
    try session.withLock { session in
      try session?.journal.sync()
      if let token = session?.token { try FileSystem.syncDirectory(layout.folder(of: token)) }
    }
  }

  private static func start(_ layout: AsideLayout) throws -> Session {
    try FileSystem.makeDirectories(layout.aside, synced: true)
    try FileSystem.makeDirectories(layout.scratch)
    let token = "\(getpid())-\(RunRecord.now())-\(FileSystem.randomWord())"
    let sign = try LifeSign(
      layout.lock(of: token), purpose: "dver repro", settings: layout.leases,
      unseen: layout.scratch.appending(FileSystem.temporaryName()))
    try FileSystem.makeDirectory(layout.folder(of: token))
    try FileSystem.syncDirectory(layout.aside)
    let journal = try OpenFile(
      layout.folder(of: token).appending(AsideJournal.fileName), .createNew(permissions: 0o666))
    return Session(token: token, sign: sign, journal: journal)
  }
}
