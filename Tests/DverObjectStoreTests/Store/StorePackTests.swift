import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import DverParallel
import TestSupport
import Testing

@Suite struct StorePackTests {
  @Test func manySmallObjectsMakeAPack() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let digests = try fixture.add(contents)
    #expect(try fixture.packs.count == 1)
    #expect(try fixture.store.looseObjects().isEmpty)
    for store in [fixture.store, try fixture.reopened()] {
      #expect(try store.allObjects() == digests.sorted())
      #expect(try zip(digests, contents).allSatisfy { try store.read($0) == $1 })
      #expect(try store.defects(among: digests, sizes: contents.map { Int64($0.count) }).isEmpty)
      #expect(try store.verify(digests) { _ in }.damaged.isEmpty)
    }
    #expect(try fixture.names("tmp").isEmpty)
    #expect(try fixture.names("pending").isEmpty)
    let name = try #require(try fixture.packs.first)
    #expect(try fixture.store.packSummaries().map(\.objectCount) == [300])
    #expect(try PackReader(source(fixture.bytes(name))).objectCount == 300)
  }

  @Test(arguments: [(1, 0), (255, 0), (256, 1)])
  func fewerThan256AreLoose(_ count: Int, packs: Int) throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(count))
    #expect(try fixture.packs.count == packs)
    #expect(try fixture.store.looseObjects().count == (packs == 0 ? count : 0))
    #expect(try digests.allSatisfy { try fixture.reopened().isIntact($0) })
  }

  @Test func largeOnesAndThoseToBeLinkedAreLoose() throws {
    let fixture = try StoreFixture()
    let limit = StoreTransaction.packedByteLimit
    let large = Array(repeating: UInt8(1), count: limit + 1)
    let digests = try fixture.add(
      StoreFixture.contents(300) + [large, Array(repeating: UInt8(2), count: limit)])
    #expect(try fixture.store.looseObjects() == [digest(of: large)])
    #expect(try fixture.store.packSummaries().map(\.objectCount) == [301])
    #expect(try digests.allSatisfy { try fixture.store.isIntact($0) })
    let other = try StoreFixture()
    try other.add(StoreFixture.contents(300), packing: false)
    #expect(try other.packs.isEmpty)
    #expect(try other.store.looseObjects().count == 300)
  }

  @Test func nothingIsStoredTwice() throws {
    let fixture = try StoreFixture()
    let contents = StoreFixture.contents(300)
    let transaction = StoreTransaction(fixture.store)
    for bytes in contents + contents { try transaction.store(bytes) }
    #expect(transaction.newObjectCount.current == 300)
    try transaction.finish()
    let again = StoreTransaction(try fixture.reopened())
    for bytes in contents + StoreFixture.contents(5, from: 290) { try again.store(bytes) }
    try again.finish()
    #expect(again.newObjectCount.current == 0)
    #expect(try fixture.packs.count == 1)
  }

  @Test func nothingIsSeenBeforeItIsPublished() throws {
    let fixture = try StoreFixture()
    do {
      let transaction = StoreTransaction(fixture.store)
      for bytes in StoreFixture.contents(300) { try transaction.store(bytes) }
      #expect(try fixture.reopened().allObjects().isEmpty)
      try transaction.publish()
      #expect(try fixture.reopened().allObjects().count == 300)
      for bytes in StoreFixture.contents(300, from: 300) { try transaction.store(bytes) }
    }
    // The transaction went without its end, as after an error.
    #expect(try fixture.reopened().allObjects().count == 300)
    #expect(try fixture.names("tmp").isEmpty)
    #expect(try fixture.names("pending").count == 1)
    try fixture.store.settle()
    #expect(try fixture.names("pending").isEmpty)
  }

  @Test(arguments: Seeds.standard)
  func threadsShareATransaction(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let contents = (0..<3000).map { _ in
      generator.bytes(Int.random(in: 0..<40, using: &generator))
    }
    let fixture = try StoreFixture()
    let transaction = StoreTransaction(fixture.store)
    let digests = try parallelMap(contents, threads: 4) { try transaction.store($0) }
    try transaction.barrier()
    let store = try fixture.reopened()
    #expect(transaction.newObjectCount.current == Set(digests).count)
    #expect(try store.packSummaries().reduce(0) { $0 + $1.objectCount } == Set(digests).count)
    #expect(try zip(digests, contents).allSatisfy { try store.read($0) == $1 })
  }

  @Test func aPackOfAnotherProcessIsFound() throws {
    let fixture = try StoreFixture()
    let first = try fixture.add(StoreFixture.contents(300))
    let observer = try fixture.reopened()
    #expect(try observer.contains(first[0]))
    let second = try fixture.add(StoreFixture.contents(300, from: 300))
    #expect(try observer.read(second[0]) == Array("object 300\n".utf8))
    #expect(try observer.defects(among: second, sizes: second.map { _ in -1 }).isEmpty)
  }

  @Test func anObjectIsFoundAfterItsPackWasReplaced() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(300))
    let observer = try fixture.reopened()
    #expect(try observer.contains(digests[0]))
    let old = try #require(try fixture.packs.first)
    let packed = try StoreFixture()
    try packed.add(StoreFixture.contents(400))
    let new = try #require(try packed.packs.first)
    try FileSystem.rename(new, to: fixture.path("packs").appending(new.lastComponent))
    try FileSystem.removeFile(old)
    #expect(try observer.read(digests[7]) == Array("object 7\n".utf8))
    try FileSystem.removeFile(fixture.path("packs").appending(new.lastComponent))
    #expect(try !observer.contains(digests[9]))
    #expect(try observer.readIfPresent(digests[8]) == nil)
    #expect(try observer.defects(among: digests, sizes: digests.map { _ in -1 }).count == 300)
  }

  @Test func aRetiredPackIsOutOfSight() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(300))
    let pack = try #require(try fixture.store.packSummaries().first)
    #expect(try fixture.store.objects(ofPack: pack.name)?.map(\.digest) == digests)
    #expect(try fixture.store.retire(pack: pack.name, to: fixture.path("away/1")))
    #expect(try !fixture.store.retire(pack: pack.name, to: fixture.path("away/1")))
    #expect(try !fixture.store.contains(digests[0]))
    #expect(try fixture.names("away/1") == ["\(pack.name.hex).pack"])
  }

  @Test func presenceKnowsThePacks() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(300))
    let (name, sizes) = (digest(of: []), digests.map { _ in Int64(-1) })
    let record = try fixture.store.presence(of: name, digests: digests, sizes: sizes, known: nil)
    #expect(record != nil)
    try FileSystem.removeFile(try #require(try fixture.packs.first))
    let later = try fixture.reopened()
    #expect(try later.presence(of: name, digests: digests, sizes: sizes, known: record) == nil)
  }

  @Test func aLinkTypeUnpacks() throws {
    let fixture = try StoreFixture()
    let digests = try fixture.add(StoreFixture.contents(300))
    var hasher = FileHasher()
    for (number, type) in [LinkType.hardlink, .symlink, .reflink, .copy].enumerated() {
      let placement = Placement(from: fixture.store, types: [type])
      let target = fixture.path("placed\(number)")
      let placed = try placement.place(
        digests[number], byteCount: 9, isExecutable: false, at: target, using: &hasher)
      #expect(placed.type == (type.isLink ? type : .copy))
      #expect(try fixture.bytes(target) == Array("object \(number)\n".utf8))
    }
    #expect(try fixture.store.looseObjects() == digests[..<2].sorted())
  }
}
