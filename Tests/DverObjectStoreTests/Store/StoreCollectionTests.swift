import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import TestSupport
import Testing

/// Condemning what is unused, bringing it back, and deleting it.
struct StoreCollectionTests {
  private let note = TrashNote(time: 1, project: "p", scope: ["--rev", "a b\n"])

  private func plan(_ store: ObjectStore, keeping kept: [Digest]) throws -> CollectionPlan {
    try store.collectionPlan(keeping: KeptObjects(kept), judgedBefore: .max)
  }

  private func condemn(_ store: ObjectStore, keeping kept: [Digest]) throws {
    _ = try store.condemn(plan(store, keeping: kept), note: note) {}
  }

  private func empty(
    _ store: ObjectStore, keeping kept: [Digest]
  ) throws -> ObjectStore.Emptying {
    var result = ObjectStore.Emptying()
    for operation in try store.trashedOperations() {
      result.add(try store.empty(operation, keeping: KeptObjects(kept)) {})
    }
    return result
  }

  // MARK: Loose objects

  @Test func whatIsNotKeptGoesToTheTrash() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(4)
    let digests = try fixture.add(contents)
    let plan = try plan(fixture.store, keeping: Array(digests[..<2]))
    #expect(plan.objects.map(\.digest) == digests[2...].sorted())
    #expect(plan.keptCount == 2)
    #expect(plan.byteCount == Int64(contents[2].count * 2))
    let result = try fixture.store.condemn(plan, note: note) {}
    #expect(result.objectCount == 2)
    #expect(try fixture.store.allObjects() == digests[..<2].sorted())
    let operation = try #require(try fixture.store.trashedOperations().first)
    #expect(operation.note?.scope == note.scope)
    #expect(operation.note?.project == "p")
    #expect(operation.note?.isComplete == true)
    #expect(try fixture.store.trashContent().fileCount == 2)
    // With nothing to move, nothing is made.
    try condemn(fixture.store, keeping: digests)
    #expect(try fixture.store.trashedOperations().count == 1)
  }

  @Test func everyReaderFindsTheTrash() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(6)
    let digests = try fixture.add(contents)
    try condemn(fixture.store, keeping: [])
    let store = try fixture.reopened()
    #expect(try store.allObjects().isEmpty)
    #expect(try store.contains(digests[0]))
    #expect(try store.read(digests[1]) == contents[1])
    #expect(try store.isIntact(digests[2]))
    #expect(try store.openLoose(digests[3])?.status().size == Int64(contents[3].count))
    let sizes = contents.map { Int64($0.count) }
    #expect(try store.defects(among: digests, sizes: sizes).isEmpty)
    #expect(try store.allObjects() == digests.sorted())
    #expect(try !store.contains(SHA256.digest(of: [1].span)))
  }

  @Test func damageInTheTrashIsNoObject() throws {
    let fixture = try StoreFixture()
    let digest = try fixture.add(StoreFixture.contents(1))[0]
    try condemn(fixture.store, keeping: [])
    let operation = try fixture.names("trash")[0]
    try fixture.replace(fixture.path("trash/\(operation)/\(digest.hex)"), with: [1])
    #expect(try !fixture.store.isIntact(digest))
    #expect(throws: StoreError.self) { try fixture.store.read(digest) }
  }

  @Test func whatCannotComeBackIsMissing() throws {
    let fixture = try StoreFixture()
    let digest = try fixture.add(StoreFixture.contents(1))[0]
    try condemn(fixture.store, keeping: [])
    let path = fixture.store.path(of: digest)
    try FileSystem.makeDirectories(path.parent)
    try FileSystem.makeSymbolicLink(to: Array("nowhere".utf8), at: path)
    #expect(try fixture.reopened().readIfPresent(digest) == nil)
  }

  // MARK: Somebody else at work

  @Test func whatATransactionPublishesIsNotJudged() throws {
    let fixture = try StoreFixture()
    let transaction = StoreTransaction(fixture.store)
    let digest = try transaction.store([UInt8](repeating: 1, count: 100_000))
    let other = try fixture.reopened()
    let plan = try other.collectionPlan(
      keeping: KeptObjects([]), judgedBefore: other.judgementTime())
    #expect(plan.isEmpty)
    #expect(plan.youngCount == 1)
    try transaction.finish()
    // Its pending entry has no holder now.
    #expect(try self.plan(other, keeping: []).objects.map(\.digest) == [digest])
  }

  @Test func anAddThatLookedBeforeIsSavedBySecondMark() throws {
    let fixture = try StoreFixture()
    let content = StoreFixture.contents(1)[0]
    try fixture.add([content])
    let collector = try fixture.reopened()
    let plan = try plan(collector, keeping: [])
    // The add finds the object, and relies on it.
    let transaction = StoreTransaction(fixture.store)
    let digest = try transaction.store(content)
    #expect(try !collector.isUnused())
    _ = try collector.condemn(plan, note: note) {}
    try transaction.finish()
    // By now a pointer names it.
    let result = try empty(collector, keeping: [digest])
    #expect(result.restoredCount == 1)
    #expect(result.deletedCount == 0)
    #expect(try collector.read(digest) == content)
    #expect(try collector.trashedOperations().isEmpty)
  }

  @Test func anAddBetweenThePhasesStoresItsOwnCopy() throws {
    let fixture = try StoreFixture()
    let content = StoreFixture.contents(1)[0]
    try fixture.add([content])
    try condemn(fixture.reopened(), keeping: [])
    let digest = try fixture.add([content])[0]
    // Nobody names it yet.
    let result = try empty(fixture.reopened(), keeping: [])
    #expect(result.deleted == [digest])
    #expect(try fixture.store.read(digest) == content)
  }

  @Test func aReaderBetweenThePhasesKeepsTheObject() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(3))
    try condemn(fixture.reopened(), keeping: [])
    #expect(try fixture.store.contains(digests[1]))
    let result = try empty(fixture.reopened(), keeping: [])
    #expect(result.deletedCount == 2)
    #expect(try fixture.store.isIntact(digests[1]))
  }

  @Test func aStoreIsUnusedOnceItsUsersHaveGone() throws {
    let fixture = try StoreFixture()
    #expect(try fixture.store.isUnused())
    do {
      let other = try fixture.reopened()
      try other.holdInUse()
      #expect(try !fixture.store.isUnused())
      // Several at once.
      try fixture.reopened().holdInUse()
      withExtendedLifetime(other) {}
    }
    #expect(try fixture.store.isUnused())
  }

  // MARK: Packs

  @Test func packsAreWrittenAnewWithoutWhatGoes() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(400)
    let digests = try fixture.add(contents)
    let before = try fixture.names("packs")
    try condemn(fixture.store, keeping: Array(digests[100...]))
    let after = try fixture.names("packs")
    #expect(after.count == 1 && after != before)
    #expect(try fixture.reopened().allObjects() == digests[100...].sorted())
    #expect(try fixture.store.verify(digests[100...].sorted()) { _ in }.damaged.isEmpty)
    // The old pack comes back for one object, with all others.
    #expect(try fixture.reopened().read(digests[0]) == contents[0])
    #expect(try fixture.names("packs").count == 2)
  }

  @Test func packsWithoutAnyUseGoAsTheyAre() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(300))
    try condemn(fixture.store, keeping: [])
    #expect(try fixture.names("packs").isEmpty)
    let result = try empty(fixture.reopened(), keeping: [])
    #expect(result.deleted == digests.sorted())
    #expect(try fixture.names("trash").isEmpty)
  }

  @Test func packsInTheTrashComeBackForWhatIsNamedAgain() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    try condemn(fixture.store, keeping: Array(digests[50...]))
    let result = try empty(fixture.reopened(), keeping: Array(digests[49...]))
    #expect(result.restoredCount == 1)
    let store = try fixture.reopened()
    #expect(try store.read(digests[49]) == contents[49])
    #expect(try store.defects(among: digests, sizes: digests.map { _ in -1 }).isEmpty)
  }

  @Test func aDamagedCopyReplacesNoPackInTheTrash() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(300))
    try condemn(fixture.store, keeping: [])
    let loose = fixture.store.path(of: digests[7])
    try FileSystem.makeDirectories(loose.parent)
    try FileSystem.replaceContents(of: loose, with: Array("damaged\n".utf8))
    let result = try empty(fixture.reopened(), keeping: [digests[7]])
    #expect(result.restoredCount == 1)
    #expect(result.deletedCount == 0)
    #expect(try fixture.reopened().isIntact(digests[7]))
  }

  @Test func damagedPacksAreLeftToVerify() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    try fixture.damage(contents[200])
    let store = try fixture.reopened()
    try condemn(store, keeping: Array(digests[100...]))
    // The old pack is still there, so that the damage is found.
    #expect(try store.verify(digests.sorted()) { _ in }.damaged == [digests[200]])
    #expect(try fixture.names("quarantine").count == 1)
  }

  // MARK: Repacking

  @Test func repackingBringsSmallObjectsTogether() throws {
    let fixture = try StoreFixture()
    let loose = StoreFixture.contents(300)
    let digests = try fixture.add(loose, packing: false)
    let more = try fixture.add(StoreFixture.contents(300, from: 1000))
    let large = try fixture.add([[UInt8](repeating: 7, count: 100_000)])
    let store = try fixture.reopened()
    let dry = try store.repack(includesLoose: true, isDry: true, judgedBefore: .max) {}
    #expect(dry.looseCount == 300 && dry.packCount == 1)
    #expect(try fixture.names("packs").count == 1)
    let result = try store.repack(includesLoose: true, judgedBefore: .max) {}
    #expect(result.newPackCount == 1)
    #expect(try fixture.names("packs").count == 1)
    let again = try fixture.reopened()
    #expect(try again.looseObjects() == large)
    #expect(try again.allObjects() == (digests + more + large).sorted())
    let found = try again.verify(again.allObjects()) { _ in }
    #expect(found.damaged.isEmpty && found.missing.isEmpty)
    let second = try again.repack(includesLoose: true, judgedBefore: .max) {}
    #expect(second.packCount == 0 && second.looseCount == 0)
  }

  @Test func repackingCompressesWhereThatHelps() throws {
    let fixture = try StoreFixture()
    let contents = (0..<300).map { Array(String(repeating: "row \($0),", count: 200).utf8) }
    let digests = try fixture.add(contents)
    let result = try fixture.store.repack(includesLoose: true, judgedBefore: .max) {}
    #expect(result.newByteCount * 4 < result.oldByteCount)
    let store = try fixture.reopened()
    for (digest, content) in zip(digests, contents) { #expect(try store.read(digest) == content) }
    #expect(try store.repack(includesLoose: true, judgedBefore: .max) {}.packCount == 0)
  }

  @Test func repackingLeavesDamageInItsPlace() throws {
    let fixture = try StoreFixture()
    let contents = (0..<300).map { Array(String(repeating: "row \($0),", count: 200).utf8) }
    let digests = try fixture.add(contents)
    try fixture.damage(contents[7])
    let store = try fixture.reopened()
    _ = try store.repack(includesLoose: true, judgedBefore: .max) {}
    #expect(try store.verify(digests.sorted()) { _ in }.damaged == [digests[7]])
    #expect(try store.isIntact(digests[8]))
  }

  // MARK: Against a model

  @Test(arguments: Seeds.standard) func anySequenceKeepsWhatIsNamed(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fixture = try StoreFixture()
    var contents: [Digest: [UInt8]] = [:]
    var named: Set<Digest> = []
    for round in 0..<8 {
      let store = try fixture.reopened()
      let count = Int.random(in: 1...400, using: &random)
      let from = Int.random(in: 0..<600, using: &random)
      let news = StoreFixture.contents(count, from: from)
      let transaction = StoreTransaction(store, packing: Bool.random(using: &random))
      for content in news {
        let digest = try transaction.store(content)
        contents[digest] = content
        named.insert(digest)
      }
      try transaction.barrier()
      named = named.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
      if Bool.random(using: &random) { try condemn(store, keeping: Array(named)) }
      if Bool.random(using: &random) {
        _ = try store.repack(includesLoose: true, judgedBefore: .max) {}
      }
      // Some come back into use, wherever they are now.
      for digest in contents.keys.sorted() where Int.random(in: 0..<20, using: &random) == 0 {
        if try fixture.reopened().contains(digest) { named.insert(digest) }
      }
      if round % 3 == 2 { _ = try empty(fixture.reopened(), keeping: Array(named)) }
      let after = try fixture.reopened()
      for digest in named.sorted() {
        #expect(try after.readIfPresent(digest) == contents[digest], "seed \(seed)")
      }
    }
    try condemn(fixture.reopened(), keeping: Array(named))
    #expect(try fixture.reopened().allObjects() == named.sorted(), "seed \(seed)")
  }
}
