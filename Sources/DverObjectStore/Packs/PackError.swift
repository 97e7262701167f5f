package import DverCore

/// Why a pack, or an object in one, cannot be read or written.
package enum PackError: DverError, Equatable {
  /// The file ends, or its bytes contradict each other, at `offset`.
  case damaged(pack: String, offset: Int64, what: String)
  case unsupportedVersion(pack: String, version: UInt32)
  /// The object is stored in a way that this version cannot read.
  case unsupportedEncoding(pack: String, digest: Digest, encoding: String)
  /// The stored bytes are not those of the object.
  case mismatch(pack: String, offset: Int64, expected: Digest, actual: Digest)
  case objectTooLong(digest: Digest, byteCount: Int)
  case packFull

  package var message: String {
    switch self {
    case .damaged(let pack, let offset, let what):
      "\(pack) is damaged at byte \(offset): \(what)"
    case .unsupportedVersion(let pack, let version):
      "\(pack) is a pack of version \(version), newer than this dver knows"
    case .unsupportedEncoding(let pack, let digest, let encoding):
      "\(pack) stores object \(digest) with \(encoding), which this dver cannot read"
    case .mismatch(let pack, let offset, let expected, let actual):
      "\(pack) is damaged at byte \(offset): object \(expected) has the digest \(actual)"
    case .objectTooLong(let digest, let byteCount):
      "object \(digest) of \(byteCount) bytes is too long for a pack"
    case .packFull:
      "a pack cannot hold more than \(PackFormat.maximumObjectCount) objects"
    }
  }

  package var hint: String? {
    switch self {
    case .damaged, .mismatch: "run 'dver verify' to save what is whole, then 'dver pull'"
    case .unsupportedVersion, .unsupportedEncoding: "update dver"
    case .objectTooLong, .packFull: nil
    }
  }

  package var exitStatus: ExitStatus {
    switch self {
    case .damaged, .mismatch: .damaged
    case .unsupportedVersion, .unsupportedEncoding, .objectTooLong, .packFull: .failed
    }
  }
}
