import DverCore
import DverFileSystem
import DverHashing
import DverObjectStore
import TestSupport
import Testing

/// Any sequence of tasks, beside a dictionary of what should be there.
@Suite struct StorePropertyTests {
  @Test(arguments: Seeds.standard)
  func aStoreIsADictionary(seed: UInt64) throws {
    var run = StoreRun(seed: seed, fixture: try StoreFixture())
    for _ in 0..<25 { try run.step() }
    try run.check(run.fixture.store)
    try run.check(run.fixture.reopened())
  }
}

private struct StoreRun {
  var generator: SeededGenerator
  let fixture: StoreFixture
  var model: [Digest: [UInt8]] = [:]
  var number = 0

  init(seed: UInt64, fixture: StoreFixture) {
    generator = SeededGenerator(seed: seed)
    self.fixture = fixture
  }

  mutating func step() throws {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0...2: try add(Int.random(in: 0..<700, using: &generator))
    case 3: try add(Int.random(in: 0..<4, using: &generator))
    case 4: try damageOne()
    case 5: try losePack()
    case 6: try cutTable()
    default: try verify()
    }
    try check(fixture.store)
  }

  /// Some new contents, some that are or were there.
  private mutating func add(_ count: Int) throws {
    let transaction = StoreTransaction(
      Bool.random(using: &generator) ? fixture.store : try fixture.reopened(),
      packing: Int.random(in: 0..<8, using: &generator) > 0)
    for _ in 0..<count {
      let isNew = number == 0 || Int.random(in: 0..<3, using: &generator) > 0
      let chosen = isNew ? number : Int.random(in: 0..<number, using: &generator)
      if isNew { number += 1 }
      let bytes = Array("object \(chosen)\n".utf8)
      model[try transaction.store(bytes)] = bytes
    }
    try transaction.finish()
  }

  private mutating func damageOne() throws {
    let objects = try fixture.store.allObjects()
    guard let digest = objects.randomElement(using: &generator), let content = model[digest] else {
      return
    }
    guard try FileSystem.exists(fixture.store.path(of: digest)) == false else {
      try fixture.replace(fixture.store.path(of: digest), with: [0])
      return try forgetUnsound()
    }
    try fixture.damage(content)
    try forgetUnsound()
  }

  private mutating func losePack() throws {
    guard let pack = try fixture.packs.randomElement(using: &generator) else { return }
    try FileSystem.removeFile(pack)
    try forgetUnsound()
  }

  private mutating func cutTable() throws {
    guard let pack = try fixture.packs.randomElement(using: &generator) else { return }
    try fixture.replace(pack, with: Array(try fixture.bytes(pack).dropLast(40)))
  }

  private mutating func verify() throws {
    let store = try fixture.reopened()
    _ = try store.verify(store.allObjects()) { _ in }
    let later = try fixture.reopened()
    #expect(try later.allObjects() == model.keys.sorted())
  }

  /// The model of a store that lost something is what is still sound in it.
  private mutating func forgetUnsound() throws {
    let store = try fixture.reopened()
    model = try model.filter { try store.isIntact($0.key) }
  }

  func check(_ store: ObjectStore) throws {
    for (digest, bytes) in model where try store.readIfPresent(digest) != bytes {
      throw SupportError("\(digest) is not there")
    }
    let known = Set(try store.allObjects())
    guard known.isSuperset(of: model.keys) else { throw SupportError("not listed") }
    for digest in known where model[digest] == nil {
      guard try !store.isIntact(digest) else { throw SupportError("\(digest) came back") }
    }
  }
}
