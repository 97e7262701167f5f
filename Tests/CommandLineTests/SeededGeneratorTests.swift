import TestSupport
import Testing

@Suite struct SeededGeneratorTests {
  /// The values of the authors' own program for this seed.
  @Test func matchesTheReference() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    #expect(generator.next() == 9_817_491_932_198_370_423)
  }

  @Test(arguments: Seeds.standard)
  func repeatsItself(seed: UInt64) {
    var (first, second) = (SeededGenerator(seed: seed), SeededGenerator(seed: seed))
    #expect(first.bytes(100) == second.bytes(100))
  }
}
