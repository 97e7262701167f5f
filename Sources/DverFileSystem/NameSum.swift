/// A set of names, whatever their order: how many there are, and the sum of their hashes.
///
/// Two folders of which one's names are all in the other are told apart for certain by the count;
/// the sum tells those apart of which one has a name that the other has not.
struct NameSum: Equatable {
  private var count = 0
  private var sum: UInt64 = 0

  /// Takes up the bytes of a name.
  mutating func add(_ name: some Collection<CChar>) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name {
      // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
      hash = (hash ^ UInt64(UInt8(bitPattern: byte))) &* 0x100_0000_01b3
    }
    // Sums of FNV hashes of like names are alike: their bits are mixed (the finaliser of SplitMix64).
    hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
    sum &+= hash ^ hash >> 31
    count += 1
  }
}
