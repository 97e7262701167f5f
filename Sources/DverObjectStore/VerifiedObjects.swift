package import DverCore

/// What came of hashing objects of a store again.
package struct VerifiedObjects: Sendable {
  /// A pack whose file was damaged, beside objects in it.
  package struct DamagedPack: Sendable {
    package enum Damage: String, Sendable {
      /// Its table cannot be trusted.
      case table
      /// Objects whose bytes are wrong were left out.
      case records
      /// This version cannot read it, or the disk does not give it back.
      case unreadable
    }

    package let name: Digest
    package let damage: Damage
    /// Whether what is whole in it stands in a new pack by now.
    package let isMended: Bool
  }

  /// Sorted.
  package internal(set) var damaged: [Digest] = []
  /// Sorted.
  package internal(set) var missing: [Digest] = []
  /// Sorted by name.
  package internal(set) var packs: [DamagedPack] = []
  /// Bytes read.
  package internal(set) var byteCount: Int64 = 0

  package init() {}

  /// Where there is no store at all.
  package init(missing: [Digest]) { self.missing = missing }
}
